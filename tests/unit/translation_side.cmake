# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(translation_side_test
  SOURCES unit/translation_side_test.cpp unit/translation_side_random_test.cpp
          unit/translation_side_firmware_test.cpp
  LIBRARIES checker firmware_host)
