# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/lockstep_guests.cmake")

ffa_cosim_gtest(differential_consistency
  SOURCES "${CMAKE_SOURCE_DIR}/tests/differential/consistency_test.cpp"
  LIBRARIES bare_machine)
target_compile_definitions(differential_consistency PRIVATE FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
add_dependencies(differential_consistency ${FFA_COSIM_LOCKSTEP_GUESTS})
