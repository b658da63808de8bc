//! dtypes, layouts and the writing of replies into columns, against numpy's own answers and against a naive oracle.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

use proptest::prelude::ProptestConfig;

mod against_oracle;
mod alike;
mod append;
mod claims;
mod conversions;
mod dtype_errors;
mod dtypes;
mod frames;
mod gate;
mod golden;
mod hostile;
mod layouts;
mod nested;
mod oracle;
mod records;
mod reply;
mod rows;
mod sheet;
mod source;

/// As many rounds as a test wants, but few where an interpreter makes each a thousand times as slow.
const fn rounds(many: usize) -> usize {
    if cfg!(miri) { 2 } else { many }
}

/// As many cases as a test wants, unless `PROPTEST_CASES` says how many: interpreters and sanitizers take fewer.
fn cases(many: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(many),
    }
}
