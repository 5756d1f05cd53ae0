# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(prove_sweep_test SOURCES unit/prove_sweep_test.cpp LIBRARIES checker)
