# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(mm_sp_module_test SOURCES shell/mm_sp_module_test.cpp LIBRARIES mm_sp_module)
