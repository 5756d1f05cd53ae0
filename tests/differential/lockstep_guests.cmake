# SPDX-License-Identifier: BSD-3-Clause
# The bare-metal programs that run on QEMU and on our core, each at EL1 and at EL2.
include_guard(GLOBAL)
include("${CMAKE_SOURCE_DIR}/tests/differential/guest.cmake")

set(FFA_COSIM_LOCKSTEP_GUESTS "")
foreach(program exceptions translation memory_access)
  foreach(el 1 2)
    ffa_cosim_bare_guest(${program}_el${el}
      SOURCES "${FFA_COSIM_GUEST_SOURCE_DIR}/${program}.c" "${FFA_COSIM_GUEST_SOURCE_DIR}/probe.c"
      TARGET_FLAGS -DGUEST_EL=${el})
    list(APPEND FFA_COSIM_LOCKSTEP_GUESTS guest_${program}_el${el})
  endforeach()
endforeach()

ffa_cosim_bare_guest(traps_el2
  SOURCES "${FFA_COSIM_GUEST_SOURCE_DIR}/traps.c" "${FFA_COSIM_GUEST_SOURCE_DIR}/probe.c"
  TARGET_FLAGS -DGUEST_EL=2)
list(APPEND FFA_COSIM_LOCKSTEP_GUESTS guest_traps_el2)
