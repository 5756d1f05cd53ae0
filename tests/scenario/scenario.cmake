# SPDX-License-Identifier: BSD-3-Clause
# Every delivered scenario is a test in either mode, skipped where the package of its payload is not installed; two runs
# give the same bytes; the command line keeps its contract.
file(GLOB scenario_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/scenarios/*.yaml")
foreach(scenario_file IN LISTS scenario_files)
  get_filename_component(scenario_name "${scenario_file}" NAME)
  string(REGEX REPLACE "\\.yaml$" "" scenario_name "${scenario_name}")
  add_test(NAME scenario.${scenario_name} COMMAND ffa-cosim run "${scenario_file}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  add_test(NAME scenario-replay.${scenario_name} COMMAND ffa-cosim run --mode replay "${scenario_file}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(scenario.${scenario_name} scenario-replay.${scenario_name} PROPERTIES TIMEOUT 120
                       SKIP_REGULAR_EXPRESSION "no such file, expected it from the package")
endforeach()

find_package(Python3 COMPONENTS Interpreter REQUIRED)
# Wrong maintenance convicted, right twins silent, on every platform; and the table of it.
add_test(NAME zoo COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tools/zoo.py" --program "$<TARGET_FILE:ffa-cosim>"
         WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
set_tests_properties(zoo PROPERTIES TIMEOUT 600)
function(ffa_cosim_cli SCRIPT)
  foreach(scenario_check IN LISTS ARGN)
    add_test(NAME cli.${scenario_check}
             COMMAND "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/scenario/${SCRIPT}"
                     --program "$<TARGET_FILE:ffa-cosim>" --build "${CMAKE_BINARY_DIR}" "cli_${scenario_check}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(cli.${scenario_check} PROPERTIES TIMEOUT 600)
    if(FFA_COSIM_SANITIZE) # each scenario is a test of its own: what runs them all takes some of them
      set_tests_properties(cli.${scenario_check} PROPERTIES ENVIRONMENT "FFA_COSIM_FEW_SCENARIOS=1")
    endif()
  endforeach()
endfunction()
ffa_cosim_cli(cli_test.py help run verdict report bad_scenario bad_platform bad_elf random boot guests interrupt promote
              install twice)
ffa_cosim_cli(cli_prove_test.py prove replay boot_prove)
ffa_cosim_cli(cli_boot_test.py boot_media boot_uboot boot_refused boot_tokens boot_symbols
              boot_scenario)
ffa_cosim_cli(cli_matrix_test.py matrix)
ffa_cosim_cli(cli_payload_test.py boot_write_back boot_ffa boot_cost boot_terminal boot_twice)
