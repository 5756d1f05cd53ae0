# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(abi_layout_test SOURCES unit/abi_layout_test.cpp LIBRARIES abi)
