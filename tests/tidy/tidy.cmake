# SPDX-License-Identifier: BSD-3-Clause
find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(check includes shape words headers)
  add_test(NAME tidy.${check} COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/tidy/tidy.py ${check})
endforeach()
