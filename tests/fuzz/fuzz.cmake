# SPDX-License-Identifier: BSD-3-Clause
# Fuzz targets with a driver of our own, a few seconds each in the suite.
function(ffa_cosim_fuzz name)
  cmake_parse_arguments(arg "" "RUNS" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} fuzz/driver.cpp ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
  add_test(NAME fuzz.${name} COMMAND ${name} -runs=${arg_RUNS})
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)
endfunction()

ffa_cosim_fuzz(trace_fuzz SOURCES fuzz/trace_fuzz.cpp LIBRARIES cosim RUNS 100000)
ffa_cosim_fuzz(prove_fuzz SOURCES fuzz/prove_fuzz.cpp LIBRARIES checker RUNS 8000)
