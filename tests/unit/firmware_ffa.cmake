# SPDX-License-Identifier: BSD-3-Clause
# The firmware's descriptors, built for the host, against what the framework reads in them.
ffa_cosim_gtest(firmware_ffa_memory_test
  SOURCES unit/firmware_ffa_memory_test.cpp ${CMAKE_SOURCE_DIR}/firmware/runtime/ffa_memory.c LIBRARIES spmc)
ffa_cosim_gtest(cosim_scenario_ffa_test SOURCES unit/cosim_scenario_ffa_test.cpp LIBRARIES cosim)
