# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(yaml_reader_test SOURCES unit/yaml_reader_test.cpp LIBRARIES platform_file)
ffa_cosim_gtest(platform_file_test SOURCES unit/platform_file_test.cpp LIBRARIES platform_file cache)
target_compile_definitions(platform_file_test PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
ffa_cosim_gtest(platform_partitions_test SOURCES unit/platform_partitions_test.cpp LIBRARIES platform_file)
