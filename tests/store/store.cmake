# SPDX-License-Identifier: BSD-3-Clause
# A writing process is killed at random moments; the suite does it fewer times than a release does.
add_executable(store_kill store/store_kill.cpp)
target_link_libraries(store_kill PRIVATE mm_sp)
add_test(NAME store.kill COMMAND store_kill -kills=40)
add_test(NAME store.kill_through_messages COMMAND store_kill -kills=20 -messages)
set_tests_properties(store.kill store.kill_through_messages PROPERTIES TIMEOUT 300)
