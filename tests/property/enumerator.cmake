# SPDX-License-Identifier: BSD-3-Clause
# The naive enumerator is a library of the tests alone; it links no room, so that it cannot share a mistake.
add_library(enumerator STATIC property/checker_trace.cpp property/checker_generator.cpp property/enumerator.cpp
                              property/enumerator_machine.cpp)

# The product behind the words of the enumerator.
add_library(checker_product STATIC property/checker_product.cpp)
target_link_libraries(checker_product PUBLIC enumerator cosim)

ffa_cosim_gtest(checker_enumerator_test SOURCES property/checker_enumerator_test.cpp LIBRARIES enumerator)
ffa_cosim_gtest(checker_brute_test SOURCES property/checker_brute_test.cpp LIBRARIES checker_product)
ffa_cosim_gtest(checker_culprit_test SOURCES property/checker_culprit_test.cpp LIBRARIES checker_product)
ffa_cosim_gtest(checker_table_test SOURCES property/checker_table_test.cpp LIBRARIES checker_product)
target_compile_definitions(checker_table_test
                           PRIVATE "CHECKER_TABLES=\"${CMAKE_CURRENT_SOURCE_DIR}/checker\"")
