# SPDX-License-Identifier: BSD-3-Clause
# `ffa-cosim vars`: what it prints, what it exports and imports again, and each of its refusals; authentication held
# against files that efitools and OpenSSL's command sign.
find_package(Python3 COMPONENTS Interpreter REQUIRED)
find_program(FFA_COSIM_SIGN_LIST sign-efi-sig-list)
find_program(FFA_COSIM_CERT_TO_LIST cert-to-efi-sig-list)
find_program(FFA_COSIM_OPENSSL openssl)
if(NOT FFA_COSIM_SIGN_LIST OR NOT FFA_COSIM_CERT_TO_LIST OR NOT FFA_COSIM_OPENSSL)
  message(FATAL_ERROR "efitools and openssl were not found. On Debian: apt-get install efitools openssl "
                      "(or configure with -DFFA_COSIM_TESTS=OFF)")
endif()
add_executable(authenticate cli/authenticate.cpp)
target_link_libraries(authenticate PRIVATE authenticated_variable)
foreach(subject vars_text vars_json vars_lists vars_refusals store_boot efitools)
  add_test(NAME cli.${subject}
           COMMAND "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/cli/vars_test.py"
                   "$<TARGET_FILE:ffa-cosim>" "$<TARGET_FILE:authenticate>" "cli_${subject}"
           WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(cli.${subject} PROPERTIES TIMEOUT 120)
endforeach()
