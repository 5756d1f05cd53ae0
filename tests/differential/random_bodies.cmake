# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_guest(body_runner SOURCES "${differential}/guest/body_runner_start.S" "${differential}/guest/body_runner.c")

ffa_cosim_gtest(differential_random_bodies
  SOURCES "${differential}/random_bodies_test.cpp" "${differential}/a64_generator.cpp"
          "${differential}/a64_generator_memory.cpp" "${differential}/body_frame.cpp" "${differential}/body_qemu.cpp"
          "${differential}/body_core.cpp" "${differential}/body_compare.cpp" "${differential}/disassembly.cpp"
  LIBRARIES bare_machine differential_process PkgConfig::CAPSTONE)
target_compile_definitions(differential_random_bodies PRIVATE
  FFA_COSIM_QEMU_USER="${FFA_COSIM_QEMU_USER}"
  FFA_COSIM_BODY_RUNNER="${FFA_COSIM_GUEST_DIR}/body_runner.elf")
add_dependencies(differential_random_bodies guest_body_runner)
