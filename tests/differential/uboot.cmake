# SPDX-License-Identifier: BSD-3-Clause
set(differential "${CMAKE_SOURCE_DIR}/tests/differential")

ffa_cosim_gtest(differential_uboot TIMEOUT 300
  SOURCES "${differential}/uboot_test.cpp" "${differential}/uboot_console.cpp"
  LIBRARIES platform device_tree)
target_compile_definitions(differential_uboot PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_UBOOT="${FFA_COSIM_UBOOT}"
  SOURCE_DIR="${CMAKE_SOURCE_DIR}")
