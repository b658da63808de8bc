#!/usr/bin/env bash
# Fuzzes under AddressSanitizer, beginning with recorded traffic.
#
#   scripts/fuzz.sh [seconds] [target]
#
# The targets are in fuzz/fuzz_targets.
# Needs a nightly toolchain and cargo-fuzz: `cargo install --locked cargo-fuzz`. What it finds is in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-30}
target=${2:-reply_into_columns}
# Inputs of this one are made from bytes, not bytes of the protocol: recordings would mean nothing to it.
if [ "$target" != reply_into_columns ]; then (cd fuzz && cargo +nightly run --quiet --bin seeds); fi
exec cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -max_len=4096 -print_final_stats=1
