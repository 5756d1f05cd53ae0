# SPDX-License-Identifier: BSD-3-Clause
# Programs for the guest, built by the cross compiler. CMake knows one C compiler per build, so these are custom
# commands.
include_guard(GLOBAL)

set(FFA_COSIM_GUEST_SOURCE_DIR "${CMAKE_SOURCE_DIR}/tests/differential/guest" CACHE INTERNAL "")
set(FFA_COSIM_GUEST_DIR "${CMAKE_BINARY_DIR}/guest" CACHE INTERNAL "")
file(MAKE_DIRECTORY "${FFA_COSIM_GUEST_DIR}")
set(FFA_COSIM_GUEST_FLAGS
    -std=c11 -O2 -g -march=armv8-a+crc -mgeneral-regs-only -ffreestanding -fno-pic -fno-pie -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wall -Wextra -Wshadow -Wundef -Werror
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-I${CMAKE_SOURCE_DIR}"
    -nostdlib -static -Wl,--build-id=none -Wl,-z,max-page-size=4096 CACHE INTERNAL "")

# One command compiles and links: the programs are small. TARGET_FLAGS: macros, linker scripts.
function(ffa_cosim_guest name)
  cmake_parse_arguments(arg "" "" "SOURCES;TARGET_FLAGS;DEPENDS" ${ARGN})
  file(GLOB headers CONFIGURE_DEPENDS "${FFA_COSIM_GUEST_SOURCE_DIR}/*.h" "${CMAKE_CURRENT_LIST_DIR}/guest/*.h")
  set(elf "${FFA_COSIM_GUEST_DIR}/${name}.elf")
  add_custom_command(
    OUTPUT "${elf}"
    COMMAND "${FFA_COSIM_AARCH64_GCC}" ${FFA_COSIM_GUEST_FLAGS} ${arg_TARGET_FLAGS} ${arg_SOURCES} -o "${elf}" -lgcc
    DEPENDS ${arg_SOURCES} ${headers} ${arg_DEPENDS}
    COMMENT "Guest program ${name}"
    VERBATIM)
  add_custom_target(guest_${name} DEPENDS "${elf}")
endfunction()

# A bare-metal program: the common start-up code (entry, vectors, MMU, console), linked for RAM at 0x40000000.
function(ffa_cosim_bare_guest name)
  cmake_parse_arguments(arg "" "" "SOURCES;TARGET_FLAGS" ${ARGN})
  set(guest "${FFA_COSIM_GUEST_SOURCE_DIR}")
  ffa_cosim_guest(${name}
    SOURCES "${guest}/start.S" "${guest}/vectors.S" "${guest}/mmu.c" "${guest}/console.c" "${guest}/trap.c" "${guest}/memory.c"
            ${arg_SOURCES}
    TARGET_FLAGS ${arg_TARGET_FLAGS} "-T${guest}/guest.ld"
    DEPENDS "${guest}/guest.ld")
endfunction()
