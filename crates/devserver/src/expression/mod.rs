//! Filter expressions: parsed and checked once per request, then evaluated for every record it concerns.

mod asked;
mod calls;
mod container;
mod display;
mod evaluate;
mod lookup;
mod node;
mod number;
mod parse;
mod path;
mod pattern;
mod value;

pub(crate) use evaluate::Subject;
pub(crate) use parse::Expression;
pub(crate) use path::{Modified, Path};
pub(crate) use value::{Type, Value};
