use aerostride_wire::{Cursor, result_code as code};
use regex_lite::{Regex, RegexBuilder};

use super::number::{Arithmetic, Bitwise, Rounding};
use super::value::{Type, Value};
use crate::msgpack::{self, Item, MAX_DEPTH, Malformed};

/// A checked expression.
#[derive(Debug)]
pub(crate) struct Expression<'a> {
    pub(super) root: Node<'a>,
}

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
    /// An operation on a list or map.
    Call(Box<Call<'a>>),
    /// Tests and their actions in turn, then the default.
    Cond(Vec<Node<'a>>),
    Let(Vec<(&'a [u8], Node<'a>)>, Box<Node<'a>>),
    Var(&'a [u8]),
}

/// An operation on the inside of a list or map, which may be the outcome of another one.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// The type of what it gives.
    pub(super) kind: Type,
    /// Whether it gives the changed list or map instead of what it reads.
    pub(super) modifies: bool,
    /// The way into nested lists and maps, as it stands.
    pub(super) context: Option<&'a [u8]>,
    pub(super) arguments: Vec<Argument<'a>>,
    pub(super) subject: Node<'a>,
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
    DigestModulo(i64),
    LastUpdate,
    SinceUpdate,
    VoidTime,
    Ttl,
    SetName,
    KeyExists,
    IsTombstone,
    Size,
}

/// The code that an expression which cannot be used is refused with.
type Refused = u8;

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self(code::PARAMETER)
    }
}

impl From<aerostride_wire::WireError> for Refusal {
    fn from(_: aerostride_wire::WireError) -> Self {
        Self(code::PARAMETER)
    }
}

/// [`Refused`] inside the parser.
#[derive(Debug, Clone, Copy)]
struct Refusal(Refused);

const INVALID: Refusal = Refusal(code::PARAMETER);
const UNSUPPORTED: Refusal = Refusal(code::UNSUPPORTED_FEATURE);

impl<'a> Expression<'a> {
    /// Reads an expression that is to be a truth, and checks that its types fit together.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Refused> {
        let expression = Self::parse_any(bytes)?;
        match expression.root.kind() {
            None | Some(Type::Bool) => Ok(expression),
            Some(_) => Err(code::PARAMETER),
        }
    }

    /// The type of its value, where it does not depend on the record.
    pub(crate) fn kind(&self) -> Option<Type> {
        self.root.kind()
    }

    /// Reads an expression of any type.
    pub(crate) fn parse_any(bytes: &'a [u8]) -> Result<Self, Refused> {
        let mut parser = Parser { cursor: Cursor::new(bytes) };
        let root = parser.node(MAX_DEPTH).map_err(|refusal| refusal.0)?;
        if !parser.cursor.is_empty() {
            return Err(code::PARAMETER);
        }
        Ok(Self { root })
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Parser<'a> {
    fn node(&mut self, depth: usize) -> Result<Node<'a>, Refusal> {
        let depth = depth.checked_sub(1).ok_or(INVALID)?;
        let mut ahead = self.cursor;
        match msgpack::item(&mut ahead)? {
            Item::List(count) => {
                self.cursor = ahead;
                let operands = count.checked_sub(1).ok_or(INVALID)?;
                let Item::Int(operation) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
                self.operation(operation, operands, depth)
            }
            _ => Ok(Node::Value(Value::of_msgpack(msgpack::element(&mut self.cursor)?)?)),
        }
    }

    /// The numbers are those of the protocol.
    fn operation(&mut self, operation: i64, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let metadata = |metadata| if operands == 0 { Ok(Node::Metadata(metadata)) } else { Err(INVALID) };
        match operation {
            0 => Ok(Node::Value(Value::Unknown)),
            1..=6 => self.comparison(operation, operands, depth),
            7 => self.regex(operands, depth),
            9 => Ok(Node::InList(Box::new(self.two(operands, depth)?))),
            16 => self.truths(operands, depth).map(Node::And),
            17 => self.truths(operands, depth).map(Node::Or),
            18 => Ok(Node::Not(Box::new(self.one(operands, depth, Some(Type::Bool))?))),
            19 => self.truths(operands, depth).map(Node::Exclusive),
            20..=26 | 50 | 51 => {
                let kind = Arithmetic::from_wire(operation).ok_or(INVALID)?;
                self.numbers(operands, depth).map(|nodes| Node::Arithmetic(kind, nodes))
            }
            27..=31 => {
                let kind = Rounding::from_wire(operation).ok_or(INVALID)?;
                Ok(Node::Rounding(kind, Box::new(self.one(operands, depth, None)?)))
            }
            32..=41 => {
                let kind = Bitwise::from_wire(operation).ok_or(INVALID)?;
                self.several(operands, depth, Some(Type::Int)).map(|nodes| Node::Bitwise(kind, nodes))
            }
            64 => match (operands, msgpack::item(&mut self.cursor)?) {
                (1, Item::Int(modulo)) if modulo != 0 => Ok(Node::Metadata(Metadata::DigestModulo(modulo))),
                _ => Err(INVALID),
            },
            65 | 73 | 74 => metadata(Metadata::Size),
            66 => metadata(Metadata::LastUpdate),
            67 => metadata(Metadata::SinceUpdate),
            68 => metadata(Metadata::VoidTime),
            69 => metadata(Metadata::Ttl),
            70 => metadata(Metadata::SetName),
            71 => metadata(Metadata::KeyExists),
            72 => metadata(Metadata::IsTombstone),
            80 if operands == 1 => Ok(Node::Key(self.kind()?)),
            81 if operands == 2 => Ok(Node::Bin(self.kind()?, self.name()?)),
            82 if operands == 1 => Ok(Node::BinType(self.name()?)),
            101 | 102 => {
                let map = self.one(operands, depth, Some(Type::Map))?;
                Ok(Node::MapPart(operation == 101, Box::new(map)))
            }
            123 => self.cond(operands, depth),
            124 if operands == 1 => Ok(Node::Var(self.name()?)),
            125 => self.binding(operands, depth),
            126 if operands == 1 => Ok(Node::Value(Value::of_msgpack(msgpack::element(&mut self.cursor)?)?)),
            127 if operands == 4 => self.call(depth).map(|call| Node::Call(Box::new(call))),
            // Geospatial comparison, text conversion and path expressions.
            8 | 99 | 100 | 122 => Err(UNSUPPORTED),
            _ => Err(INVALID),
        }
    }

    fn several(
        &mut self,
        operands: usize,
        depth: usize,
        kind: Option<Type>,
    ) -> Result<Vec<Node<'a>>, Refusal> {
        if operands == 0 {
            return Err(INVALID);
        }
        let mut nodes = Vec::new();
        for _ in 0..operands {
            let node = self.node(depth)?;
            if kind.is_some() && node.kind().is_some() && node.kind() != kind {
                return Err(INVALID);
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn truths(&mut self, operands: usize, depth: usize) -> Result<Vec<Node<'a>>, Refusal> {
        self.several(operands, depth, Some(Type::Bool))
    }

    /// Operands that are all integers or all floats.
    fn numbers(&mut self, operands: usize, depth: usize) -> Result<Vec<Node<'a>>, Refusal> {
        let nodes = self.several(operands, depth, None)?;
        let mut kinds = nodes.iter().filter_map(Node::kind);
        let first = kinds.next();
        let numeric = matches!(first, None | Some(Type::Int | Type::Float));
        if numeric && kinds.all(|kind| Some(kind) == first) { Ok(nodes) } else { Err(INVALID) }
    }

    fn one(&mut self, operands: usize, depth: usize, kind: Option<Type>) -> Result<Node<'a>, Refusal> {
        let mut nodes = self.several(operands, depth, kind)?;
        match (nodes.pop(), nodes.is_empty()) {
            (Some(node), true) => Ok(node),
            _ => Err(INVALID),
        }
    }

    fn two(&mut self, operands: usize, depth: usize) -> Result<[Node<'a>; 2], Refusal> {
        self.several(operands, depth, None)?.try_into().map_err(|_| INVALID)
    }

    fn comparison(&mut self, operation: i64, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.two(operands, depth)?;
        if let (Some(a), Some(b)) = (nodes[0].kind(), nodes[1].kind())
            && a != b
        {
            return Err(INVALID);
        }
        let comparison = match operation {
            1 => Comparison::Equal,
            2 => Comparison::NotEqual,
            3 => Comparison::Greater,
            4 => Comparison::GreaterOrEqual,
            5 => Comparison::Less,
            _ => Comparison::LessOrEqual,
        };
        Ok(Node::Compare(comparison, Box::new(nodes)))
    }

    fn regex(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        if operands != 3 {
            return Err(INVALID);
        }
        let Item::Int(flags) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
        let pattern = std::str::from_utf8(self.name()?).map_err(|_| INVALID)?;
        let regex = build_regex(pattern, flags).ok_or(INVALID)?;
        let text = self.one(1, depth, Some(Type::String))?;
        Ok(Node::Regex(Box::new(regex), Box::new(text)))
    }

    fn cond(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.several(operands, depth, None)?;
        let tests = nodes.chunks_exact(2).map(|pair| pair[0].kind());
        let sound = !operands.is_multiple_of(2) && tests.flatten().all(|kind| kind == Type::Bool);
        if sound { Ok(Node::Cond(nodes)) } else { Err(INVALID) }
    }

    fn binding(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        if operands.is_multiple_of(2) {
            return Err(INVALID);
        }
        let mut definitions = Vec::new();
        for _ in 0..operands / 2 {
            definitions.push((self.name()?, self.node(depth)?));
        }
        Ok(Node::Let(definitions, Box::new(self.node(depth)?)))
    }

    /// Return type, module, `[operation, arguments...]` with or without a context, and the list or map.
    fn call(&mut self, depth: usize) -> Result<Call<'a>, Refusal> {
        const MODIFIES: i64 = 0x40;
        const CONTEXT: i64 = 0xff;
        let kind = self.kind()?;
        let Item::Int(module) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
        if module & !MODIFIES != 0 {
            // Bits and sketches.
            return Err(UNSUPPORTED);
        }
        let Item::List(mut count) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
        let mut context = None;
        let mut ahead = self.cursor;
        if count == 3 && msgpack::item(&mut ahead)? == Item::Int(CONTEXT) {
            self.cursor = ahead;
            context = Some(msgpack::element(&mut self.cursor)?);
            let Item::List(inner) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
            count = inner;
        }
        let arguments = (0..count).map(|_| self.argument(depth)).collect::<Result<_, _>>()?;
        let subject = self.node(depth)?;
        let modifies = module & MODIFIES != 0;
        Ok(Call { kind, modifies, context, arguments, subject })
    }

    /// Lists are expressions, everything else stands for itself.
    fn argument(&mut self, depth: usize) -> Result<Argument<'a>, Refusal> {
        let mut ahead = self.cursor;
        match msgpack::item(&mut ahead)? {
            Item::List(_) => Ok(Argument::Computed(self.node(depth)?)),
            _ => Ok(Argument::Value(msgpack::element(&mut self.cursor)?)),
        }
    }

    /// A name, which has no particle type in front.
    fn name(&mut self) -> Result<&'a [u8], Refusal> {
        match msgpack::item(&mut self.cursor)? {
            Item::Raw(name) => Ok(name),
            _ => Err(INVALID),
        }
    }

    fn kind(&mut self) -> Result<Type, Refusal> {
        match msgpack::item(&mut self.cursor)? {
            Item::Int(number) => Type::from_wire(number).ok_or(INVALID),
            _ => Err(INVALID),
        }
    }
}

impl Node<'_> {
    /// The type of its value, where it does not depend on the record.
    fn kind(&self) -> Option<Type> {
        match self {
            Self::Value(value) => value.kind(),
            Self::Compare(..)
            | Self::Regex(..)
            | Self::InList(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Not(_)
            | Self::Exclusive(_)
            | Self::Metadata(Metadata::KeyExists | Metadata::IsTombstone) => Some(Type::Bool),
            Self::Metadata(Metadata::SetName) => Some(Type::String),
            Self::Metadata(_) | Self::Bitwise(..) | Self::BinType(_) => Some(Type::Int),
            Self::Rounding(rounding, operand) => rounding.kind().or_else(|| operand.kind()),
            Self::Arithmetic(_, operands) => operands.iter().find_map(Node::kind),
            Self::Key(kind) | Self::Bin(kind, _) => Some(*kind),
            Self::Call(call) => Some(call.kind),
            Self::MapPart(..) => Some(Type::List),
            Self::Let(_, scope) => scope.kind(),
            Self::Cond(_) | Self::Var(_) => None,
        }
    }
}

/// Regular expressions are POSIX: extended ones read like today's, basic ones have the meaning of most special
/// characters turned round.
fn build_regex(pattern: &str, flags: i64) -> Option<Regex> {
    const EXTENDED: i64 = 1;
    const IGNORE_CASE: i64 = 2;
    const NEWLINE: i64 = 8;
    let pattern = if flags & EXTENDED != 0 { pattern.to_owned() } else { extended(pattern) };
    RegexBuilder::new(&pattern)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(flags & NEWLINE != 0)
        .dot_matches_new_line(flags & NEWLINE == 0)
        .build()
        .ok()
}

/// A basic regular expression as an extended one: `\(` groups, a bare `(` is a character.
fn extended(basic: &str) -> String {
    let mut out = String::with_capacity(basic.len() + 8);
    let mut characters = basic.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' | ')' | '{' | '}' | '+' | '?' | '|' => out.extend(['\\', character]),
            '\\' => match characters.next() {
                Some(escaped @ ('(' | ')' | '{' | '}' | '+' | '?' | '|')) => out.push(escaped),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}
