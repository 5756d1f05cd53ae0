# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(differential_efi_app TIMEOUT 300
  SOURCES "${CMAKE_SOURCE_DIR}/tests/differential/efi_app_test.cpp"
  LIBRARIES platform)
target_compile_definitions(differential_efi_app PRIVATE
  FFA_COSIM_UBOOT="${FFA_COSIM_UBOOT}" SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  EFI_APP_DISK="${CMAKE_BINARY_DIR}/firmware/efi_app.img")
add_dependencies(differential_efi_app efi_app)
