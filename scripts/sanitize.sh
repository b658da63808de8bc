#!/usr/bin/env bash
# Runs the Rust tests under a sanitizer, a memory checker or an interpreter that sees undefined behaviour.
#
#   scripts/sanitize.sh [address|thread|valgrind|miri] [crate...]
#
# Without crates: those with raw pointers or threads, `columns` and `core`, and `wire`, which reads what a server sends;
# for miri only `wire` and `columns`, because it has no sockets. `address`, `thread` and `miri` need a nightly toolchain:
#
#   rustup toolchain install nightly --profile minimal --component rust-src,miri
#
# Property tests take as many cases as PROPTEST_CASES says, by default fewer than usual: everything is 2 to 1000 times
# as slow here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-address}
shift || true
crates=("$@")
if [ ${#crates[@]} -eq 0 ]; then
  crates=(wire columns)
  if [ "$kind" != miri ]; then crates+=(core); fi
fi
packages=()
for crate in "${crates[@]}"; do packages+=(-p "aerostride-$crate"); done

# A target directory of its own keeps the ordinary build as it is.
target=${CARGO_TARGET_DIR:-target}/$kind
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=$target

case $kind in
  address)
    export RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=${PROPTEST_CASES:-256}
    cargo +nightly test --target "$host" "${packages[@]}" --tests
    ;;
  thread)
    # The standard library must be instrumented too, or its own synchronisation looks like races.
    export RUSTFLAGS=-Zsanitizer=thread PROPTEST_CASES=${PROPTEST_CASES:-64}
    export TSAN_OPTIONS="${TSAN_OPTIONS:-} suppressions=$PWD/scripts/tsan-suppressions.txt"
    cargo +nightly test -Zbuild-std --target "$host" "${packages[@]}" --tests
    ;;
  valgrind)
    export CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$host")_RUNNER='valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite'
    export PROPTEST_CASES=${PROPTEST_CASES:-16}
    cargo test --target "$host" "${packages[@]}" --tests
    ;;
  miri)
    # Tests read fixtures from the disk.
    export MIRIFLAGS="${MIRIFLAGS:-} -Zmiri-disable-isolation" PROPTEST_CASES=${PROPTEST_CASES:-8}
    cargo +nightly miri test "${packages[@]}" --tests
    ;;
  *)
    printf 'unknown sanitizer: %s; use address, thread, valgrind or miri\n' "$kind" >&2
    exit 2
    ;;
esac
