# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(spmc_test
                SOURCES unit/spmc_setup_test.cpp unit/spmc_direct_messaging_test.cpp unit/spmc_cpu_cycles_test.cpp
                        unit/spmc_power_test.cpp unit/spmc_setup_rows_test.cpp
                        unit/spmc_partition_info_rows_test.cpp unit/spmc_messaging_rows_test.cpp
                        unit/spmc_cycles_rows_test.cpp unit/spmc_notifications_rows_test.cpp
                        unit/spmc_functions_rows_test.cpp
                LIBRARIES spmc)
