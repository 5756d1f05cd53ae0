#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Fuzzes with libFuzzer under the address and undefined-behaviour sanitizers.
#
#     tools/fuzz.sh SECONDS [TARGET...]     each target for so long, one after the other
#
# Inputs that were worth keeping stay in build/fuzz/corpus/TARGET, one that broke something in build/fuzz/TARGET-*;
# run it again with build/fuzz/tests/TARGET FILE.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh
if [ $# -lt 1 ]; then
    echo "usage: tools/fuzz.sh SECONDS [TARGET...]" >&2
    exit 2
fi
seconds=$1
shift
[ $# -gt 0 ] || set -- spmc_fuzz memory_fuzz spmc_memory_fuzz mm_fuzz authenticated_variable_fuzz variable_store_fuzz \
    trace_fuzz prove_fuzz
require_packages $build_packages $test_packages
say "building fuzz targets"
cmake --preset dev >/dev/null
cmake --build --preset dev --target "$@" >/dev/null
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "$@" >/dev/null
for target in "$@"; do
    mkdir -p "build/fuzz/corpus/$target"
    build/dev/tests/"$target" "-write-seeds=build/fuzz/corpus/$target"
    say "fuzzing $target for $seconds seconds"
    "build/fuzz/tests/$target" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -verbosity=0 \
        "-artifact_prefix=build/fuzz/$target-" "build/fuzz/corpus/$target"
done
