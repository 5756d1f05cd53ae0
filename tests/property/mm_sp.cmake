# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(mm_sp_random_messages_test SOURCES property/mm_sp_random_messages_test.cpp LIBRARIES mm_sp)
