//! Filter expressions: parsed and checked once per request, then evaluated for every record it concerns.

mod display;
mod evaluate;
mod lookup;
mod node;
mod number;
mod parse;
mod pattern;
mod value;

pub(crate) use evaluate::Subject;
pub(crate) use parse::Expression;
pub(crate) use value::{Type, Value};
