# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(image_copy_test SOURCES unit/image_copy_test.cpp LIBRARIES image_copy)
