# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/lockstep_guests.cmake")

set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_gtest(differential_lockstep TIMEOUT 300
  SOURCES "${differential}/lockstep_test.cpp" "${differential}/lockstep.cpp" "${differential}/qemu_trace.cpp"
          "${differential}/disassembly.cpp"
  LIBRARIES bare_machine differential_process PkgConfig::CAPSTONE)
target_compile_definitions(differential_lockstep PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
add_dependencies(differential_lockstep ${FFA_COSIM_LOCKSTEP_GUESTS})
