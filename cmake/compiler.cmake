# SPDX-License-Identifier: BSD-3-Clause
# Languages, warnings and sanitizers, the same for every room.
#
# Asserts stay on in every build: an assert is how this project states its own mistakes.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
# Debian's libsystemc links only with code of the same C++ standard (its version symbol says so).
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(FFA_COSIM_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize=")
option(FFA_COSIM_WERROR "Treat warnings as errors" OFF)

foreach(language C CXX)
  string(REPLACE "-DNDEBUG" "" CMAKE_${language}_FLAGS_RELEASE "${CMAKE_${language}_FLAGS_RELEASE}")
  string(REPLACE "-DNDEBUG" "" CMAKE_${language}_FLAGS_RELWITHDEBINFO
                 "${CMAKE_${language}_FLAGS_RELWITHDEBINFO}")
endforeach()

add_compile_options(-Wall -Wextra -Wshadow -Wundef -Wvla -fno-common
                    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/="
                    "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>")
if(FFA_COSIM_WERROR)
  add_compile_options(-Werror)
endif()
if(FFA_COSIM_SANITIZE)
  add_compile_options("-fsanitize=${FFA_COSIM_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${FFA_COSIM_SANITIZE}")
endif()

# Every include names its room from the root of the tree.
include_directories("${CMAKE_SOURCE_DIR}")
