# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(code_side_property_test
  SOURCES property/code_side_test.cpp property/code_side_naive.cpp property/code_side_machine.cpp
  LIBRARIES checker)
