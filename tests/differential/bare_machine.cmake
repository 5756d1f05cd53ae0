# SPDX-License-Identifier: BSD-3-Clause
# The smallest machine around the A64 core, and the helpers that tests/differential and bench share.
include_guard(GLOBAL)

add_library(bare_machine STATIC
  "${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cpp"
  "${CMAKE_SOURCE_DIR}/tests/differential/elf_image.cpp"
  "${CMAKE_SOURCE_DIR}/tests/differential/memory_side.cpp")
target_link_libraries(bare_machine PUBLIC cpu_nsel1 event bus)

add_library(differential_process STATIC
  "${CMAKE_SOURCE_DIR}/tests/differential/process.cpp"
  "${CMAKE_SOURCE_DIR}/tests/differential/qemu_machine.cpp")
