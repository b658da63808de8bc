//! The napi binding: converts arguments, calls [`aerostride_core`], converts back. What fails crosses as plain
//! data, see [`error`]; `src/errors.ts` makes JavaScript's error classes of it.
#![warn(clippy::too_many_lines)]
// The macros export nothing in test builds, where what only JavaScript calls would look unused.
#![cfg_attr(test, allow(dead_code))]

mod array;
mod background;
mod batch;
mod call;
mod client;
mod devserver;
mod dtype;
mod error;
mod found;
mod freed;
mod indexes;
mod key_block;
mod keys;
mod options;
mod outcome;
mod policy;
mod records;
mod runtime;
mod settle;
mod stats;
mod stream;
mod transactions;
mod turns;
mod udfs;
mod users;
mod value;
mod watch;
mod words;
