# SPDX-License-Identifier: BSD-3-Clause
include("${CMAKE_SOURCE_DIR}/tests/differential/bare_machine.cmake")
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(FFA_COSIM_SYNDROME_GUESTS "")
foreach(program syndromes_memory syndromes_system)
  foreach(el 1 2)
    ffa_cosim_bare_guest(${program}_el${el}
      SOURCES "${FFA_COSIM_GUEST_SOURCE_DIR}/${program}.c" "${FFA_COSIM_GUEST_SOURCE_DIR}/syndrome.c"
      TARGET_FLAGS -DGUEST_EL=${el})
    list(APPEND FFA_COSIM_SYNDROME_GUESTS guest_${program}_el${el})
  endforeach()
endforeach()

foreach(el 1 2)
  ffa_cosim_bare_guest(syndromes_atomic_el${el}
    SOURCES "${FFA_COSIM_GUEST_SOURCE_DIR}/syndromes_memory.c" "${FFA_COSIM_GUEST_SOURCE_DIR}/syndrome.c"
    TARGET_FLAGS -DGUEST_EL=${el} -DSYNDROMES_OF_ATOMICS -march=armv8-a+lse)
  list(APPEND FFA_COSIM_SYNDROME_GUESTS guest_syndromes_atomic_el${el})
endforeach()

ffa_cosim_gtest(differential_syndromes TIMEOUT 300
  SOURCES "${CMAKE_SOURCE_DIR}/tests/differential/syndromes_test.cpp"
          "${CMAKE_SOURCE_DIR}/tests/differential/syndromes.cpp"
  LIBRARIES bare_machine differential_process)
target_compile_definitions(differential_syndromes PRIVATE
  FFA_COSIM_QEMU_SYSTEM="${FFA_COSIM_QEMU_SYSTEM}" FFA_COSIM_GUEST_DIR="${FFA_COSIM_GUEST_DIR}")
add_dependencies(differential_syndromes ${FFA_COSIM_SYNDROME_GUESTS})
