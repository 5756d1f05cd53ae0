# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(prove_law_test
  SOURCES property/prove_law_test.cpp
  LIBRARIES checker)
