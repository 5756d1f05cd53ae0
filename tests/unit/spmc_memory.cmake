# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(spmc_memory_test
                SOURCES unit/spmc_memory_send_test.cpp unit/spmc_memory_transfer_test.cpp unit/spmc_memory_refusal_test.cpp
                        unit/spmc_memory_descriptor_test.cpp
                LIBRARIES spmc_memory)
