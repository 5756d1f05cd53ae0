# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(checker_marked_test
  SOURCES property/checker_marked_test.cpp
  LIBRARIES checker)
