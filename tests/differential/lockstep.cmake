# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_gtest(differential_lockstep TIMEOUT 300
  SOURCES "${differential}/lockstep_test.cpp" "${differential}/lockstep.cpp" "${differential}/qemu_trace.cpp"
          "${differential}/disassembly.cpp"
  LIBRARIES bare_machine differential_process PkgConfig::CAPSTONE)
target_compile_definitions(differential_lockstep PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")

foreach(program exceptions translation memory_access)
  foreach(el 1 2)
    ffa_cosim_bare_guest(${program}_el${el}
      SOURCES "${differential}/guest/${program}.c" "${differential}/guest/probe.c"
      TARGET_FLAGS -DGUEST_EL=${el})
    add_dependencies(differential_lockstep guest_${program}_el${el})
  endforeach()
endforeach()
