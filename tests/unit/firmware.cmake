# SPDX-License-Identifier: BSD-3-Clause
# The parts of the firmware that decide, built for the host. The SMC instruction and the maintenance functions are
# the tests' own: smc_call() and maintenance_*() of firmware_world.cpp.
add_library(firmware_host STATIC
  ${CMAKE_SOURCE_DIR}/firmware/boot/memory_map.c
  ${CMAKE_SOURCE_DIR}/firmware/common/translation.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/context.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/ffa_bus.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/ffa_status.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/mm_communicate.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/mm_message.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/services.c
  ${CMAKE_SOURCE_DIR}/firmware/runtime/variable.c)

ffa_cosim_gtest(firmware_status_test SOURCES unit/firmware_status_test.cpp LIBRARIES firmware_host)
ffa_cosim_gtest(firmware_memory_test SOURCES unit/firmware_memory_test.cpp LIBRARIES firmware_host)
ffa_cosim_gtest(firmware_message_test
  SOURCES unit/firmware_message_test.cpp unit/firmware_world.cpp LIBRARIES firmware_host)
ffa_cosim_gtest(firmware_services_test
  SOURCES unit/firmware_services_test.cpp unit/firmware_world.cpp LIBRARIES firmware_host)

# The build's own check of the linked image must refuse what it is there to refuse.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME firmware_check_test
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/unit/firmware_check_test.py
          --source ${CMAKE_SOURCE_DIR} --firmware ${CMAKE_BINARY_DIR}/firmware
          --gcc ${FFA_COSIM_AARCH64_GCC} --objcopy ${FFA_COSIM_AARCH64_OBJCOPY}
          --objdump ${FFA_COSIM_AARCH64_OBJDUMP})
set_tests_properties(firmware_check_test PROPERTIES TIMEOUT 120)

# The same ELF runs in QEMU and here.
add_test(NAME firmware_hello_in_qemu
  COMMAND ${FFA_COSIM_QEMU_SYSTEM} -M virt,virtualization=on -cpu cortex-a53 -nographic -monitor none -nic none
          -kernel ${CMAKE_BINARY_DIR}/firmware/hello.elf)
set_tests_properties(firmware_hello_in_qemu PROPERTIES TIMEOUT 60 PASS_REGULAR_EXPRESSION "^hello from EL2\n$")
