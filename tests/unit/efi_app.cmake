# SPDX-License-Identifier: BSD-3-Clause
# The parts of the EFI application that judge, built for the host.
add_library(efi_app_host STATIC
  ${CMAKE_SOURCE_DIR}/firmware/common/translation.c
  ${CMAKE_SOURCE_DIR}/firmware/efi_app/lines.c
  ${CMAKE_SOURCE_DIR}/firmware/efi_app/report.c
  ${CMAKE_SOURCE_DIR}/firmware/efi_app/variables.c)
ffa_cosim_gtest(efi_app_test SOURCES unit/efi_app_test.cpp unit/efi_app_firmware.cpp LIBRARIES efi_app_host)
