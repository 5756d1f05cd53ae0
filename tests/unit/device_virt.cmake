# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(unit "${CMAKE_SOURCE_DIR}/tests/unit")

ffa_cosim_bare_guest(device_virt
  SOURCES "${unit}/device_virt_guest.c"
  TARGET_FLAGS -DGUEST_EL=1)
add_custom_command(OUTPUT "${FFA_COSIM_GUEST_DIR}/device_virt.elf" DEPENDS "${unit}/device_virt_accesses.h" APPEND)

ffa_cosim_gtest(device_virt_test SOURCES "${unit}/device_virt_test.cpp" LIBRARIES device differential_process)
target_compile_definitions(device_virt_test PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
add_dependencies(device_virt_test guest_device_virt)
