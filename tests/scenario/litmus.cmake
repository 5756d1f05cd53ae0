# SPDX-License-Identifier: BSD-3-Clause
# The one-byte programs as firmware: each scenario in either mode, and all of them on four kinds of caches, and
# random ones against their traces.
add_test(NAME litmus.prove COMMAND ffa-cosim run --jobs 1 "${CMAKE_SOURCE_DIR}/scenarios/litmus"
         WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
add_test(NAME litmus.replay COMMAND ffa-cosim run --jobs 1 --mode replay "${CMAKE_SOURCE_DIR}/scenarios/litmus"
         WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
set_tests_properties(litmus.prove litmus.replay PROPERTIES TIMEOUT 120)

find_package(Python3 COMPONENTS Interpreter REQUIRED)
foreach(scenario_check litmus litmus_random litmus_step)
  add_test(NAME cli.${scenario_check}
           COMMAND "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/scenario/cli_litmus_test.py"
                   --program "$<TARGET_FILE:ffa-cosim>" --build "${CMAKE_BINARY_DIR}" "cli_${scenario_check}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(cli.${scenario_check} PROPERTIES TIMEOUT 600)
  if(FFA_COSIM_SANITIZE) # some of the random programs
    set_tests_properties(cli.${scenario_check} PROPERTIES ENVIRONMENT "FFA_COSIM_FEW_SCENARIOS=1")
  endif()
endforeach()
