# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(token_test SOURCES unit/token_test.cpp LIBRARIES cosim)
target_compile_definitions(token_test PRIVATE "PLATFORMS=\"${CMAKE_SOURCE_DIR}/platforms\"")
