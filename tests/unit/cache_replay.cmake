# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cache_replay_unit_test
  SOURCES unit/cache_replay_test.cpp unit/cache_script_test.cpp
  LIBRARIES cache)
