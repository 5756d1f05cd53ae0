# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cache_golden_test SOURCES property/cache_golden_test.cpp LIBRARIES cache)
