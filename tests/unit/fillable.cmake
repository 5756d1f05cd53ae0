# SPDX-License-Identifier: BSD-3-Clause
set(fillable_core
  "${CMAKE_SOURCE_DIR}/model/checker/fillable.c" "${CMAKE_SOURCE_DIR}/model/checker/fillable_cover.c"
  "${CMAKE_SOURCE_DIR}/model/checker/fillable_stale.c" "${CMAKE_SOURCE_DIR}/model/checker/fillable_tables.c")
ffa_cosim_gtest(fillable_test
  SOURCES unit/fillable_test.cpp unit/fillable_random_test.cpp ${fillable_core}
  LIBRARIES bus)
