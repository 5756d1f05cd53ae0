# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_gtest(differential_registers SOURCES "${differential}/registers_test.cpp"
  LIBRARIES bare_machine differential_process)
target_compile_definitions(differential_registers PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
foreach(el 1 2)
  ffa_cosim_bare_guest(registers_el${el} SOURCES "${differential}/guest/registers.c" TARGET_FLAGS -DGUEST_EL=${el} -mstrict-align)
  add_dependencies(differential_registers guest_registers_el${el})
endforeach()
