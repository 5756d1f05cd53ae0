# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(page_guard_module_test SOURCES shell/page_guard_module_test.cpp LIBRARIES bus_module)
