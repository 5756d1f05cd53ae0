# SPDX-License-Identifier: BSD-3-Clause
foreach(test pl031 cfi_flash fw_cfg virtio random)
  ffa_cosim_gtest(device_${test}_test SOURCES "${CMAKE_SOURCE_DIR}/tests/unit/device_${test}_test.cpp" LIBRARIES device)
endforeach()
