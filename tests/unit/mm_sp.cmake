# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(mm_sp_test
  SOURCES unit/mm_sp_endpoint_test.cpp unit/mm_sp_hostile_test.cpp unit/mm_sp_pieces_test.cpp
          unit/mm_sp_standalone_test.cpp
          unit/mm_sp_variable_test.cpp unit/variable_service_authentication_test.cpp
          unit/variable_service_rows_test.cpp
  LIBRARIES mm_sp PkgConfig::LIBCRYPTO TIMEOUT 300)
