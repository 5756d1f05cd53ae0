# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(checker_unit_test
  SOURCES unit/checker_culprit_test.cpp unit/checker_watch_test.cpp
  LIBRARIES checker)
