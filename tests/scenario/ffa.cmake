# SPDX-License-Identifier: BSD-3-Clause
# The scenarios of FF-A itself, on the secure side of each profile; steps say what they expect of which.
file(GLOB ffa_scenario_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/scenarios/ffa/*.yaml")
foreach(scenario_file IN LISTS ffa_scenario_files)
  get_filename_component(scenario_name "${scenario_file}" NAME)
  string(REGEX REPLACE "\\.yaml$" "" scenario_name "${scenario_name}")
  add_test(NAME ffa.${scenario_name} COMMAND ffa-cosim run "${scenario_file}" WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  add_test(NAME ffa-replay.${scenario_name} COMMAND ffa-cosim run --mode replay "${scenario_file}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  foreach(ffa_profile el3-spmc op-tee)
    add_test(NAME ffa-${ffa_profile}.${scenario_name} COMMAND ffa-cosim run --set profile=${ffa_profile} "${scenario_file}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(ffa-${ffa_profile}.${scenario_name} PROPERTIES TIMEOUT 120)
  endforeach()
  set_tests_properties(ffa.${scenario_name} ffa-replay.${scenario_name} PROPERTIES TIMEOUT 120)
endforeach()

find_package(Python3 COMPONENTS Interpreter REQUIRED)
foreach(scenario_check ffa_steps ffa_partitions ffa_random)
  add_test(NAME cli.${scenario_check}
           COMMAND "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/scenario/cli_ffa_test.py"
                   --program "$<TARGET_FILE:ffa-cosim>" --build "${CMAKE_BINARY_DIR}" "cli_${scenario_check}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(cli.${scenario_check} PROPERTIES TIMEOUT 600)
  if(FFA_COSIM_SANITIZE)
    set_tests_properties(cli.${scenario_check} PROPERTIES ENVIRONMENT "FFA_COSIM_FEW_SCENARIOS=1")
  endif()
endforeach()
