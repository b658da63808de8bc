use std::borrow::Cow;

use regex_lite::Regex;

use super::lookup::Lookup;
use super::number::{Arithmetic, Bitwise, Rounding};
use super::path::Path;
use super::value::{Type, Value};

/// One operation of an expression with its operands.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Value(Value<'a>),
    Compare(Comparison, Box<[Node<'a>; 2]>),
    Regex(Box<Regex>, Box<Node<'a>>),
    InList(Box<[Node<'a>; 2]>),
    And(Vec<Node<'a>>),
    Or(Vec<Node<'a>>),
    Not(Box<Node<'a>>),
    Exclusive(Vec<Node<'a>>),
    Arithmetic(Arithmetic, Vec<Node<'a>>),
    Rounding(Rounding, Box<Node<'a>>),
    Bitwise(Bitwise, Vec<Node<'a>>),
    Metadata(Metadata),
    Key(Type),
    Bin(Type, &'a [u8]),
    BinType(&'a [u8]),
    /// Keys (true) or values (false) of a map.
    MapPart(bool, Box<Node<'a>>),
    /// What the element is that a path has come to: 0 its key, 1 its value, 2 its index.
    Part(Type, usize),
    /// An operation on the inside of a value.
    Call(Box<Call<'a>>),
    /// Whether one of two places is a point in the other, a region.
    Geo(Box<[Node<'a>; 2]>),
    /// Tests and their actions in turn, then the default; and the type of the actions.
    Cond(Vec<Node<'a>>, Type),
    Let(Vec<(&'a [u8], Node<'a>)>, Box<Node<'a>>),
    Var(&'a [u8], Type),
}

/// An operation on the inside of a value, which may be the outcome of another one.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// The type of what it gives.
    pub(super) kind: Type,
    pub(super) module: Module,
    /// Whether it gives the changed value instead of what it reads.
    pub(super) modifies: bool,
    /// The way into nested lists and maps, as it stands.
    pub(super) context: Option<&'a [u8]>,
    pub(super) arguments: Vec<Argument<'a>>,
    /// The operation, if nothing in it is computed.
    pub(super) operation: Option<Vec<u8>>,
    /// A shorter way to the same, where there is one.
    pub(super) lookup: Option<Lookup<'a>>,
    /// What it is instead, if it is a path; a broken one fails on every record.
    pub(super) path: Option<Result<Path<'a>, u8>>,
    pub(super) subject: Node<'a>,
}

impl<'a> Argument<'a> {
    /// The bytes of what is the same for all records: lists are so where they are quoted.
    fn constant(&self) -> Option<&'a [u8]> {
        match self {
            Self::Value(bytes) => Some(bytes),
            Self::Computed(Node::Value(Value::List(Cow::Borrowed(bytes)))) => Some(bytes),
            Self::Computed(_) => None,
        }
    }
}

impl<'a> Call<'a> {
    /// Notes what is the same for all records.
    pub(super) fn prepare(mut self) -> Self {
        let known: Option<Vec<&'a [u8]>> = self.arguments.iter().map(Argument::constant).collect();
        let Some(known) = known else { return self };
        if self.module == Module::Inside && !self.modifies {
            self.lookup = Lookup::of(self.context, &known);
        }
        let mut operation = self.start_operation();
        known.iter().for_each(|bytes| operation.extend_from_slice(bytes));
        self.operation = Some(operation);
        self
    }

    /// What stands in front of the arguments in an operation.
    pub(super) fn start_operation(&self) -> Vec<u8> {
        let mut operation = Vec::new();
        if let Some(context) = self.context {
            operation.extend_from_slice(&[0x93, 0xcc, 0xff]);
            operation.extend_from_slice(context);
        }
        operation.push(0xdd);
        operation.extend_from_slice(&(self.arguments.len() as u32).to_be_bytes());
        operation
    }
}

/// What an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Module {
    /// Lists and maps.
    Inside,
    Bits,
    Sketch,
}

/// An argument of a call.
#[derive(Debug)]
pub(super) enum Argument<'a> {
    /// A value as it stands.
    Value(&'a [u8]),
    Computed(Node<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What an expression can ask of a record besides key and bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    DigestModulo(i32),
    LastUpdate,
    SinceUpdate,
    VoidTime,
    Ttl,
    SetName,
    KeyExists,
    IsTombstone,
    /// Bytes that the record is stored in.
    Size,
    /// Bytes on a device or in an index of their own: none, all is in memory.
    DeviceSize,
}

impl Metadata {
    /// What an operation without operands asks for.
    pub(super) const fn from_wire(operation: i64) -> Option<Self> {
        Some(match operation {
            65 | 73 => Self::DeviceSize,
            66 => Self::LastUpdate,
            67 => Self::SinceUpdate,
            68 => Self::VoidTime,
            69 => Self::Ttl,
            70 => Self::SetName,
            71 => Self::KeyExists,
            72 => Self::IsTombstone,
            74 => Self::Size,
            _ => return None,
        })
    }
}

impl Node<'_> {
    /// Whether it is only what is unknown, which may stand beside actions of any type.
    pub(super) fn is_unknown(&self) -> bool {
        match self {
            Self::Let(_, scope) => scope.is_unknown(),
            node => matches!(node, Self::Value(Value::Unknown)),
        }
    }

    /// The type of its value. What is unknown passes for a truth.
    pub(super) fn kind(&self) -> Type {
        match self {
            Self::Value(value) => value.kind().unwrap_or(Type::Bool),
            Self::Compare(..)
            | Self::Regex(..)
            | Self::InList(_)
            | Self::Geo(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Not(_)
            | Self::Exclusive(_)
            | Self::Metadata(Metadata::KeyExists | Metadata::IsTombstone) => Type::Bool,
            Self::Metadata(Metadata::SetName) => Type::String,
            Self::Metadata(_) | Self::Bitwise(..) | Self::BinType(_) => Type::Int,
            Self::Rounding(rounding, operand) => rounding.kind().unwrap_or_else(|| operand.kind()),
            Self::Arithmetic(_, operands) => operands.first().map_or(Type::Int, Node::kind),
            Self::Key(kind) | Self::Bin(kind, _) | Self::Part(kind, _) => *kind,
            Self::Call(call) => call.kind,
            Self::MapPart(..) => Type::List,
            Self::Let(_, scope) => scope.kind(),
            Self::Cond(_, kind) | Self::Var(_, kind) => *kind,
        }
    }
}
