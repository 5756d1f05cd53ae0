# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(fillable_test
  SOURCES unit/fillable_test.cpp unit/fillable_random_test.cpp
  LIBRARIES checker)
