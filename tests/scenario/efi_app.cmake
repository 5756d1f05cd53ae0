# SPDX-License-Identifier: BSD-3-Clause
# The EFI application for other people's firmware, under U-Boot in QEMU.
find_package(Python3 COMPONENTS Interpreter REQUIRED)
foreach(efi_app_check disk qemu_el2 qemu_el1)
  add_test(NAME efi_app.${efi_app_check}
           COMMAND "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/scenario/efi_app_test.py"
                   --qemu "${FFA_COSIM_QEMU_SYSTEM}" --uboot "${FFA_COSIM_UBOOT}"
                   --build "${CMAKE_BINARY_DIR}" ${efi_app_check}
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(efi_app.${efi_app_check} PROPERTIES TIMEOUT 180 SKIP_RETURN_CODE 77)
endforeach()
