# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(variable_store_test SOURCES unit/variable_store_test.cpp LIBRARIES variable_store PkgConfig::SQLITE)
