# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cpu_test
  SOURCES unit/cpu_atomic_test.cpp unit/cpu_exception_test.cpp unit/cpu_memory_test.cpp unit/cpu_mmu_test.cpp
          unit/cpu_place_test.cpp unit/cpu_refill_test.cpp unit/cpu_run_test.cpp unit/cpu_sysreg_test.cpp
          unit/cpu_timer_test.cpp
  LIBRARIES cpu_nsel1)
