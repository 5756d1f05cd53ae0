# SPDX-License-Identifier: BSD-3-Clause
ffa_cosim_gtest(cache_golden_test SOURCES property/cache_golden_test.cpp LIBRARIES cache)

# Traces through the checker, and its witnesses through the caches.
add_library(cache_replay_driver STATIC property/cache_replay_driver.cpp)
target_link_libraries(cache_replay_driver PUBLIC enumerator cosim cache)
ffa_cosim_gtest(cache_replay_test SOURCES property/cache_replay_test.cpp LIBRARIES cache_replay_driver)

# Whole machines, in child processes.
ffa_cosim_gtest(cache_token_test SOURCES property/cache_token_test.cpp LIBRARIES cosim platform)
target_compile_definitions(cache_token_test PRIVATE SCENARIO_DIR="${CMAKE_SOURCE_DIR}/scenarios")
