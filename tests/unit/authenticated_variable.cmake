# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(authenticated_variable_test
                SOURCES unit/authenticated_variable_edk2_test.cpp unit/authenticated_variable_tamper_test.cpp
                        unit/authenticated_variable_trusted_services_test.cpp unit/signature_list_test.cpp
                LIBRARIES authenticated_variable PkgConfig::LIBCRYPTO TIMEOUT 300)
