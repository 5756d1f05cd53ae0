# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cpu_observed_test SOURCES unit/cpu_observed_test.cpp LIBRARIES cpu_nsel1)
