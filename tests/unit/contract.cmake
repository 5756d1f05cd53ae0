# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(contract_test
  SOURCES unit/contract_test.cpp unit/contract_attributes_test.cpp unit/contract_protocol_test.cpp
  LIBRARIES checker spmc mm_sp)
