# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(partition_module_test SOURCES shell/partition_module_test.cpp LIBRARIES partition_module)
