# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(machine_load_test SOURCES shell/machine_load_test.cpp LIBRARIES platform)
target_compile_definitions(machine_load_test PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
