# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(spmc_module_test SOURCES shell/spmc_module_test.cpp LIBRARIES spmc_module)
