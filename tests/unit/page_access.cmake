# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(page_access_test SOURCES unit/page_access_test.cpp LIBRARIES bus)
