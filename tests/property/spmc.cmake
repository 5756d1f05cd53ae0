# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(spmc_random_calls_test SOURCES property/spmc_random_calls_test.cpp LIBRARIES spmc)
ffa_cosim_gtest(spmc_random_test SOURCES property/spmc_random_test.cpp LIBRARIES spmc)
