# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_fuzz(authenticated_variable_fuzz SOURCES fuzz/authenticated_variable_fuzz.cpp
               LIBRARIES authenticated_variable PkgConfig::LIBCRYPTO RUNS 20000)
ffa_cosim_fuzz(variable_store_fuzz SOURCES fuzz/variable_store_fuzz.cpp LIBRARIES variable_store RUNS 3000)
