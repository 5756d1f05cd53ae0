# SPDX-License-Identifier: BSD-3-Clause
# Everything that comes from outside, found here and nowhere else. Each line names the Debian package,
# so that a failure tells what to install.

find_package(PkgConfig REQUIRED)

function(ffa_cosim_find target module debian_package)
  pkg_check_modules(${target} IMPORTED_TARGET ${module})
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR "${module} was not found. On Debian: apt-get install ${debian_package}")
  endif()
  set(${target}_FOUND ${${target}_FOUND} PARENT_SCOPE)
endfunction()

ffa_cosim_find(SYSTEMC systemc libsystemc-dev)
ffa_cosim_find(TLM tlm libsystemc-dev)
ffa_cosim_find(FYAML libfyaml libfyaml-dev)
ffa_cosim_find(JANSSON jansson libjansson-dev)
ffa_cosim_find(LIBELF libelf libelf-dev)
ffa_cosim_find(LIBDW libdw libdw-dev)
ffa_cosim_find(SQLITE sqlite3 libsqlite3-dev)
ffa_cosim_find(CAPSTONE capstone libcapstone-dev)
ffa_cosim_find(LIBCRYPTO libcrypto libssl-dev)

# libfdt has no pkg-config file on Debian 12.
find_path(FFA_COSIM_LIBFDT_INCLUDE libfdt.h)
find_library(FFA_COSIM_LIBFDT_LIBRARY fdt)
if(NOT FFA_COSIM_LIBFDT_INCLUDE OR NOT FFA_COSIM_LIBFDT_LIBRARY)
  message(FATAL_ERROR "libfdt was not found. On Debian: apt-get install libfdt-dev")
endif()
add_library(libfdt INTERFACE)
target_include_directories(libfdt SYSTEM INTERFACE "${FFA_COSIM_LIBFDT_INCLUDE}")
target_link_libraries(libfdt INTERFACE "${FFA_COSIM_LIBFDT_LIBRARY}")

find_program(FFA_COSIM_AARCH64_GCC aarch64-linux-gnu-gcc)
if(NOT FFA_COSIM_AARCH64_GCC)
  message(FATAL_ERROR "aarch64-linux-gnu-gcc was not found. On Debian: apt-get install gcc-aarch64-linux-gnu")
endif()

# The EFI application and the disk that it is on.
find_program(FFA_COSIM_CLANG NAMES clang-14 clang)
if(NOT FFA_COSIM_CLANG)
  message(FATAL_ERROR "clang was not found. On Debian: apt-get install clang-14")
endif()
find_program(FFA_COSIM_LLD_LINK NAMES lld-link-14 lld-link)
if(NOT FFA_COSIM_LLD_LINK)
  message(FATAL_ERROR "lld-link was not found. On Debian: apt-get install lld-14")
endif()
find_program(FFA_COSIM_MFORMAT mformat)
if(NOT FFA_COSIM_MFORMAT)
  message(FATAL_ERROR "mformat was not found. On Debian: apt-get install mtools")
endif()

if(FFA_COSIM_TESTS)
  find_package(GTest)
  if(NOT GTest_FOUND)
    message(FATAL_ERROR "GoogleTest was not found. On Debian: apt-get install libgtest-dev libgmock-dev")
  endif()
  find_program(FFA_COSIM_QEMU_USER qemu-aarch64)
  if(NOT FFA_COSIM_QEMU_USER)
    message(FATAL_ERROR "qemu-aarch64 was not found. On Debian: apt-get install qemu-user "
                        "(or configure with -DFFA_COSIM_TESTS=OFF)")
  endif()
  find_program(FFA_COSIM_QEMU_SYSTEM qemu-system-aarch64)
  if(NOT FFA_COSIM_QEMU_SYSTEM)
    message(FATAL_ERROR "qemu-system-aarch64 was not found. On Debian: apt-get install qemu-system-arm "
                        "(or configure with -DFFA_COSIM_TESTS=OFF)")
  endif()
  find_file(FFA_COSIM_UBOOT u-boot.bin PATHS /usr/lib/u-boot/qemu_arm64 NO_DEFAULT_PATH)
  if(NOT FFA_COSIM_UBOOT)
    message(FATAL_ERROR "U-Boot for QEMU's virt machine was not found. On Debian: apt-get install u-boot-qemu "
                        "(or configure with -DFFA_COSIM_TESTS=OFF)")
  endif()
endif()
