# SPDX-License-Identifier: BSD-3-Clause
# Fuzz targets: a few seconds each in the suite with a driver of our own, or as long as wanted with libFuzzer
# (preset `fuzz`, tools/fuzz.sh).
option(FFA_COSIM_LIBFUZZER "Link the fuzz targets with libFuzzer (clang) instead of the suite's driver" OFF)

function(ffa_cosim_fuzz name)
  cmake_parse_arguments(arg "" "RUNS" "SOURCES;LIBRARIES" ${ARGN})
  if(FFA_COSIM_LIBFUZZER)
    add_executable(${name} ${arg_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} fuzz/driver.cpp ${arg_SOURCES})
    add_test(NAME fuzz.${name} COMMAND ${name} -runs=${arg_RUNS})
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
endfunction()

ffa_cosim_fuzz(trace_fuzz SOURCES fuzz/trace_fuzz.cpp LIBRARIES cosim RUNS 100000)
ffa_cosim_fuzz(prove_fuzz SOURCES fuzz/prove_fuzz.cpp LIBRARIES checker RUNS 8000)
ffa_cosim_fuzz(spmc_fuzz SOURCES fuzz/spmc_fuzz.cpp fuzz/spmc_fuzz_world.cpp fuzz/fuzz_input.cpp LIBRARIES spmc RUNS 20000)
ffa_cosim_fuzz(memory_fuzz SOURCES fuzz/memory_fuzz.cpp fuzz/spmc_fuzz_world.cpp fuzz/fuzz_input.cpp LIBRARIES spmc RUNS 20000)
ffa_cosim_fuzz(mm_fuzz SOURCES fuzz/mm_fuzz.cpp fuzz/fuzz_input.cpp LIBRARIES mm_sp RUNS 4000)
