# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(partition_test SOURCES unit/partition_test.cpp unit/partition_borrower_test.cpp LIBRARIES partition)
