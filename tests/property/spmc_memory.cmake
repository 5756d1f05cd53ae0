# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(spmc_memory_property_test SOURCES property/spmc_memory_test.cpp LIBRARIES spmc_memory)
