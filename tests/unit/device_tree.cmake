# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(device_tree_test SOURCES unit/device_tree_test.cpp LIBRARIES device_tree platform_file libfdt)
target_compile_definitions(device_tree_test PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
