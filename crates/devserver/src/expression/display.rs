//! Expressions in the words that real servers show them with.

use std::fmt::{Display, Formatter, Result};

use super::node::{Comparison, Node};
use super::number::Arithmetic;
use super::parse::Expression;
use super::value::{Type, Value};

impl Display for Expression<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.root.fmt(f)
    }
}

impl Display for Node<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Value(Value::Int(value)) => write!(f, "{value}"),
            Self::Value(Value::Float(value)) => write!(f, "{value:.6}"),
            Self::Value(Value::Bool(value)) => write!(f, "{value}"),
            Self::Value(Value::String(text)) => write!(f, "\"{}\"", String::from_utf8_lossy(text)),
            Self::Bin(kind, name) => {
                write!(f, "bin_{}(\"{}\")", type_name(*kind), String::from_utf8_lossy(name))
            }
            Self::Arithmetic(arithmetic, operands) => call(f, arithmetic_name(*arithmetic), operands),
            Self::Compare(comparison, operands) => call(f, comparison_name(*comparison), operands.as_ref()),
            Self::And(operands) => call(f, "and", operands),
            Self::Or(operands) => call(f, "or", operands),
            Self::Not(operand) => write!(f, "not({operand})"),
            Self::Cond(operands, _) => call(f, "cond", operands),
            // The other operations have no words here.
            _ => write!(f, "..."),
        }
    }
}

fn call(f: &mut Formatter<'_>, name: &str, operands: &[Node<'_>]) -> Result {
    write!(f, "{name}(")?;
    for (at, operand) in operands.iter().enumerate() {
        write!(f, "{}{operand}", if at == 0 { "" } else { ", " })?;
    }
    write!(f, ")")
}

const fn arithmetic_name(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "add",
        Arithmetic::Subtract => "sub",
        Arithmetic::Multiply => "mul",
        Arithmetic::Divide => "div",
        Arithmetic::Power => "pow",
        Arithmetic::Logarithm => "log",
        Arithmetic::Modulo => "mod",
        Arithmetic::Least => "min",
        Arithmetic::Greatest => "max",
    }
}

const fn comparison_name(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "eq",
        Comparison::NotEqual => "ne",
        Comparison::Greater => "gt",
        Comparison::GreaterOrEqual => "ge",
        Comparison::Less => "lt",
        Comparison::LessOrEqual => "le",
    }
}

const fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::Nil => "nil",
        Type::Bool => "bool",
        Type::Int => "int",
        Type::String => "str",
        Type::List => "list",
        Type::Map => "map",
        Type::Blob => "blob",
        Type::Float => "float",
        Type::Geo => "geo",
        Type::Hll => "hll",
        Type::Removal => "result_remove",
    }
}
