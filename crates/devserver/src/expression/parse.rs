use aerostride_wire::{Cursor, particle_type as particle, result_code as code};

use super::node::{Comparison, Metadata, Node};
use super::number::{Arithmetic, Bitwise, Rounding};
use super::pattern::build_regex;
use super::value::{Type, Value};
use crate::geo::Geometry;
use crate::msgpack::{self, Item, MAX_DEPTH, Malformed};

/// A checked expression.
#[derive(Debug)]
pub(crate) struct Expression<'a> {
    pub(super) root: Node<'a>,
    names_set: bool,
    /// Whether it asks for what only changes with the record's bins, or its digest.
    fits_index: bool,
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
pub(super) struct Refusal(Refused);

pub(super) const INVALID: Refusal = Refusal(code::PARAMETER);
const UNSUPPORTED: Refusal = Refusal(code::UNSUPPORTED_FEATURE);

impl<'a> Expression<'a> {
    /// Reads an expression that is to be a truth, and checks that its types fit together.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Refused> {
        let expression = Self::parse_any(bytes)?;
        match expression.root.kind() {
            Type::Bool => Ok(expression),
            _ => Err(code::PARAMETER),
        }
    }

    /// The type of its value.
    pub(crate) fn kind(&self) -> Type {
        self.root.kind()
    }

    /// Whether it asks for the name of the record's set. Looking that up takes as long as a small expression.
    pub(crate) const fn names_set(&self) -> bool {
        self.names_set
    }

    /// Whether an index can be made of its values.
    pub(crate) const fn fits_index(&self) -> bool {
        self.fits_index
    }

    /// Reads an expression of any type.
    pub(crate) fn parse_any(bytes: &'a [u8]) -> Result<Self, Refused> {
        let mut parser = Parser {
            cursor: Cursor::new(bytes),
            variables: Vec::new(),
            taken: Vec::new(),
            names_set: false,
            names_bins: false,
            names_others: false,
        };
        let root = parser.node(MAX_DEPTH).map_err(|refusal| refusal.0)?;
        if !parser.cursor.is_empty() {
            return Err(code::PARAMETER);
        }
        let fits_index = parser.names_bins && !parser.names_others;
        Ok(Self { root, names_set: parser.names_set, fits_index })
    }
}

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    /// The variables that are known here, with their types.
    variables: Vec<(&'a [u8], Type)>,
    /// The names that no definition may have again: those of the lets around, and those before it in its own.
    taken: Vec<&'a [u8]>,
    names_set: bool,
    /// Whether it names bins, or the digest, that an index can be about.
    pub(super) names_bins: bool,
    /// Whether it names the key or other metadata, which it cannot.
    pub(super) names_others: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn node(&mut self, depth: usize) -> Result<Node<'a>, Refusal> {
        let depth = depth.checked_sub(1).ok_or(INVALID)?;
        let mut ahead = self.cursor;
        match msgpack::item(&mut ahead)? {
            Item::List(count) => {
                self.cursor = ahead;
                let operands = count.checked_sub(1).ok_or(INVALID)?;
                let Item::Int(operation) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
                self.operation(operation, operands, depth)
            }
            _ => self.constant(),
        }
    }

    /// A value as it stands. Text and bytes begin with their type.
    fn constant(&mut self) -> Result<Node<'a>, Refusal> {
        let bytes = msgpack::element(&mut self.cursor)?;
        let raw = msgpack::item(&mut Cursor::new(bytes))?;
        Ok(Node::Value(match raw {
            Item::Raw([particle::HLL, sketch @ ..]) => Value::Hll(sketch.into()),
            Item::Raw([particle::GEOJSON, text @ ..]) if Geometry::parse(text).is_none() => {
                return Err(INVALID);
            }
            Item::Raw([particle::STRING | particle::BLOB | particle::GEOJSON, ..]) => {
                Value::of_msgpack(bytes)?
            }
            Item::Raw(_) => return Err(INVALID),
            _ => Value::of_msgpack(bytes)?,
        }))
    }

    /// The numbers are those of the protocol.
    fn operation(&mut self, operation: i64, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        if let Some(metadata) = Metadata::from_wire(operation) {
            self.names_others = true;
            self.names_set |= matches!(metadata, Metadata::SetName | Metadata::Size);
            return if operands == 0 { Ok(Node::Metadata(metadata)) } else { Err(INVALID) };
        }
        match operation {
            0 if operands == 0 => Ok(Node::Value(Value::Unknown)),
            1..=6 => self.comparison(operation, operands, depth),
            7 => self.regex(operands, depth),
            8 => self.places(operands, depth),
            9 => self.membership(operands, depth),
            16 => self.truths(operands, depth).map(Node::And),
            17 => self.truths(operands, depth).map(Node::Or),
            18 => Ok(Node::Not(Box::new(self.one(operands, depth, Some(Type::Bool))?))),
            19 => self.truths(operands, depth).map(Node::Exclusive),
            20..=26 | 50 | 51 => {
                let kind = Arithmetic::from_wire(operation).ok_or(INVALID)?;
                self.arithmetic(kind, operands, depth)
            }
            27..=31 => {
                let kind = Rounding::from_wire(operation).ok_or(INVALID)?;
                self.rounding(kind, operands, depth)
            }
            32..=41 => {
                let kind = Bitwise::from_wire(operation).ok_or(INVALID)?;
                self.bitwise(kind, operands, depth)
            }
            64 => self.digest_modulo(operands),
            80 if operands == 1 => self.key(),
            81 if operands == 2 => Ok(Node::Bin(self.kind()?, self.bin_name()?)),
            82 if operands == 1 => Ok(Node::BinType(self.bin_name()?)),
            101 | 102 => {
                let map = self.one(operands, depth, None)?;
                Ok(Node::MapPart(operation == 101, Box::new(map)))
            }
            123 => self.cond(operands, depth),
            124 if operands == 1 => self.variable(),
            125 => self.binding(operands, depth),
            126 if operands == 1 => Ok(Node::Value(Value::of_msgpack(msgpack::element(&mut self.cursor)?)?)),
            127 if operands == 4 => self.call(depth).map(|call| Node::Call(Box::new(call))),
            100 if operands == 0 => Ok(Node::Value(Value::Removal)),
            122 if operands == 2 => self.part(),
            // Text conversion.
            99 => Err(UNSUPPORTED),
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
            if kind.is_some_and(|kind| kind != node.kind()) {
                return Err(INVALID);
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    /// Two truths or more.
    fn truths(&mut self, operands: usize, depth: usize) -> Result<Vec<Node<'a>>, Refusal> {
        if operands < 2 {
            return Err(INVALID);
        }
        self.several(operands, depth, Some(Type::Bool))
    }

    /// Operands that are all integers or all floats.
    fn numbers(&mut self, operands: usize, depth: usize) -> Result<Vec<Node<'a>>, Refusal> {
        let nodes = self.several(operands, depth, None)?;
        let alike = |kind| nodes.iter().all(|node| node.kind() == kind);
        if alike(Type::Int) || alike(Type::Float) { Ok(nodes) } else { Err(INVALID) }
    }

    fn arithmetic(&mut self, kind: Arithmetic, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.numbers(operands, depth)?;
        let needed = match kind {
            Arithmetic::Power | Arithmetic::Logarithm => Some((2, Type::Float)),
            Arithmetic::Modulo => Some((2, Type::Int)),
            _ => None,
        };
        let fits = needed.is_none_or(|(count, kind)| nodes.len() == count && nodes[0].kind() == kind);
        if fits { Ok(Node::Arithmetic(kind, nodes)) } else { Err(INVALID) }
    }

    fn rounding(&mut self, kind: Rounding, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let operand = self.one(operands, depth, None)?;
        if kind.takes(operand.kind()) { Ok(Node::Rounding(kind, Box::new(operand))) } else { Err(INVALID) }
    }

    /// Integers; the scans have the bit that they look for as a truth behind theirs.
    fn bitwise(&mut self, kind: Bitwise, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.several(operands, depth, None)?;
        let (truths, least, most) = kind.operands();
        let integers = nodes.len().checked_sub(truths).ok_or(INVALID)?;
        let typed = nodes.iter().enumerate().all(|(at, node)| {
            let wanted = if at < integers { Type::Int } else { Type::Bool };
            node.kind() == wanted
        });
        if typed && (least..=most).contains(&nodes.len()) {
            Ok(Node::Bitwise(kind, nodes))
        } else {
            Err(INVALID)
        }
    }

    /// Two places.
    fn places(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.two(operands, depth)?;
        if nodes.iter().all(|node| node.kind() == Type::Geo) {
            Ok(Node::Geo(Box::new(nodes)))
        } else {
            Err(INVALID)
        }
    }

    fn membership(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        let nodes = self.two(operands, depth)?;
        if nodes[1].kind() == Type::List { Ok(Node::InList(Box::new(nodes))) } else { Err(INVALID) }
    }

    fn variable(&mut self) -> Result<Node<'a>, Refusal> {
        let name = self.name()?;
        let known = self.variables.iter().rev().find(|(known, _)| *known == name);
        known.map(|(_, kind)| Node::Var(name, *kind)).ok_or(INVALID)
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
        let kind = nodes[0].kind();
        if kind != nodes[1].kind() || matches!(kind, Type::Geo | Type::Hll) {
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
        let regex = build_regex(self.name()?, flags).ok_or(INVALID)?;
        let text = self.one(1, depth, Some(Type::String))?;
        Ok(Node::Regex(Box::new(regex), Box::new(text)))
    }

    fn cond(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        if operands < 3 {
            return Err(INVALID);
        }
        let nodes = self.several(operands, depth, None)?;
        let is_test = |at: usize| at.is_multiple_of(2) && at + 1 < operands;
        let (mut tests, mut actions) = (Vec::new(), Vec::new());
        for (at, node) in nodes.iter().enumerate() {
            if is_test(at) {
                tests.push(node.kind());
            } else if !node.is_unknown() {
                actions.push(node.kind());
            }
        }
        let kind = actions.first().copied().unwrap_or(Type::Bool);
        let alike = actions.iter().all(|action| *action == kind);
        let sound = !operands.is_multiple_of(2) && tests.iter().all(|test| *test == Type::Bool);
        if sound && alike { Ok(Node::Cond(nodes, kind)) } else { Err(INVALID) }
    }

    fn binding(&mut self, operands: usize, depth: usize) -> Result<Node<'a>, Refusal> {
        if operands.is_multiple_of(2) || operands < 3 {
            return Err(INVALID);
        }
        let (outer, taken) = (self.variables.len(), self.taken.len());
        let mut definitions = Vec::new();
        for _ in 0..operands / 2 {
            let name = self.name()?;
            let is_sound = |at: usize, byte: &u8| {
                *byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit())
            };
            let sound = !name.is_empty() && name.iter().enumerate().all(|(at, byte)| is_sound(at, byte));
            if !sound || self.taken.contains(&name) {
                return Err(INVALID);
            }
            self.taken.push(name);
            let definition = self.node(depth)?;
            self.variables.push((name, definition.kind()));
            definitions.push((name, definition));
        }
        let scope = self.node(depth)?;
        self.variables.truncate(outer);
        self.taken.truncate(taken);
        Ok(Node::Let(definitions, Box::new(scope)))
    }

    /// A name, which has no particle type in front.
    pub(super) fn name(&mut self) -> Result<&'a [u8], Refusal> {
        match msgpack::item(&mut self.cursor)? {
            Item::Raw(name) => Ok(name),
            _ => Err(INVALID),
        }
    }

    pub(super) fn kind(&mut self) -> Result<Type, Refusal> {
        match msgpack::item(&mut self.cursor)? {
            Item::Int(number) => Type::from_wire(number).ok_or(INVALID),
            _ => Err(INVALID),
        }
    }
}
