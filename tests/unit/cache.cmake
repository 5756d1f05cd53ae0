# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cache_verdicts_test SOURCES unit/cache_verdicts_test.cpp LIBRARIES cache)
ffa_cosim_gtest(cache_test SOURCES unit/cache_grant_test.cpp unit/cache_test.cpp LIBRARIES cache)
