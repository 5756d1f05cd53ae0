# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_fuzz(spmc_memory_fuzz SOURCES fuzz/spmc_memory_fuzz.cpp LIBRARIES spmc_memory RUNS 20000)
