# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(event_text_test SOURCES unit/event_text_test.cpp LIBRARIES event)
ffa_cosim_gtest(cosim_scenario_test SOURCES unit/cosim_scenario_test.cpp LIBRARIES cosim)
ffa_cosim_gtest(cosim_finding_test SOURCES unit/cosim_finding_test.cpp LIBRARIES cosim)
ffa_cosim_gtest(cosim_proof_test SOURCES unit/cosim_proof_test.cpp LIBRARIES cosim)
# These bring a machine_run() of their own.
ffa_cosim_gtest(cosim_engine_test SOURCES unit/cosim_engine_test.cpp LIBRARIES cosim)
ffa_cosim_gtest(cosim_replay_test SOURCES unit/cosim_replay_test.cpp LIBRARIES cosim)

ffa_cosim_gtest(symbol_table_test SOURCES unit/symbol_table_test.cpp LIBRARIES platform_file)
target_compile_definitions(symbol_table_test PRIVATE FIRMWARE_DIR="${CMAKE_BINARY_DIR}/firmware")
