# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(checker_hold_test SOURCES property/checker_hold_test.cpp LIBRARIES checker)
