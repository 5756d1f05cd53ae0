# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(device_test SOURCES unit/device_test.cpp LIBRARIES device)
ffa_cosim_gtest(console_script_test SOURCES unit/console_script_test.cpp LIBRARIES console_script)
