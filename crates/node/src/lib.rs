//! The napi binding: converts arguments, calls [`aerostride_core`], converts back. Every failure crosses as an error
//! whose message is a JSON document, see [`error`]; `src/errors.ts` makes JavaScript's error classes of it.

mod abort;
mod batch;
mod client;
mod devserver;
mod dtype;
mod error;
mod keys;
mod options;
mod records;
mod runtime;
mod stats;
mod value;
