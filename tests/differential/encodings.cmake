# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_bare_guest(encodings SOURCES "${differential}/guest/encodings.c" TARGET_FLAGS -DGUEST_EL=1)

ffa_cosim_gtest(differential_encodings TIMEOUT 300
  SOURCES "${differential}/encodings_test.cpp" "${differential}/disassembly.cpp"
  LIBRARIES bare_machine differential_process PkgConfig::CAPSTONE)
target_compile_definitions(differential_encodings PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
add_dependencies(differential_encodings guest_encodings)
