#!/usr/bin/env bash
# Fuzzes under AddressSanitizer, beginning with recorded traffic.
#
#   scripts/fuzz.sh [seconds] [target]
#
# The targets are in fuzz/fuzz_targets. Needs a nightly toolchain. cargo-fuzz is installed into target/tools, in the
# version below. What it finds is in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-30}
target=${2:-reply_into_columns}
version=0.13.2
tools=$PWD/target/tools
if [ "$("$tools/bin/cargo-fuzz" --version 2>/dev/null)" != "cargo-fuzz $version" ]; then
  # It only starts other programs: optimising it takes longer than it ever runs.
  cargo install --quiet --debug --locked --root "$tools" "cargo-fuzz@$version"
fi
# Inputs of this one are made from bytes, not bytes of the protocol: recordings would mean nothing to it.
if [ "$target" != reply_into_columns ]; then (cd fuzz && cargo +nightly run --quiet -p aerostride-fuzz-seeds); fi
export RUSTUP_TOOLCHAIN=nightly
exec "$tools/bin/cargo-fuzz" run "$target" -- -max_total_time="$seconds" -max_len=4096 -print_final_stats=1
