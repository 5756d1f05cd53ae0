# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(bus_module_test SOURCES shell/bus_module_test.cpp LIBRARIES bus_module)
ffa_cosim_gtest(cache_module_test SOURCES shell/cache_module_test.cpp LIBRARIES cache_module)
