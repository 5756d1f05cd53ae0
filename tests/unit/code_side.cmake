# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(code_side_test SOURCES unit/code_side_test.cpp LIBRARIES checker)
