# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(device_module_test SOURCES "${CMAKE_SOURCE_DIR}/tests/shell/device_module_test.cpp"
                LIBRARIES device_module)
