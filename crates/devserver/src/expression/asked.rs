//! What expressions ask of a record, or of an element that a path has come to.

use aerostride_wire::MAX_BIN_NAME;

use super::node::{Metadata, Node};
use super::parse::{INVALID, Parser, Refusal};
use super::value::Type;
use crate::msgpack::{self, Item};

impl<'a> Parser<'a> {
    /// What a path knows of an element. Only integers are indexes.
    pub(super) fn part(&mut self) -> Result<Node<'a>, Refusal> {
        const INDEX: i64 = 2;
        /// A type that the server has for itself, and does not refuse here.
        const REMOVAL: i64 = 11;
        let kind = match msgpack::item(&mut self.cursor)? {
            Item::Int(REMOVAL) => Type::Removal,
            Item::Int(number) => Type::from_wire(number).ok_or(INVALID)?,
            _ => return Err(INVALID),
        };
        match msgpack::item(&mut self.cursor)? {
            Item::Int(INDEX) if kind != Type::Int => Err(INVALID),
            Item::Int(part @ 0..=INDEX) => Ok(Node::Part(kind, part as usize)),
            _ => Err(INVALID),
        }
    }

    pub(super) fn digest_modulo(&mut self, operands: usize) -> Result<Node<'a>, Refusal> {
        match (operands, msgpack::item(&mut self.cursor)?) {
            // Of a larger number only the lowest bits count.
            (1, Item::Int(modulo)) if modulo as i32 != 0 => {
                self.names_bins = true;
                Ok(Node::Metadata(Metadata::DigestModulo(modulo as i32)))
            }
            _ => Err(INVALID),
        }
    }

    pub(super) fn key(&mut self) -> Result<Node<'a>, Refusal> {
        self.names_others = true;
        match self.kind()? {
            kind @ (Type::Int | Type::String | Type::Blob) => Ok(Node::Key(kind)),
            _ => Err(INVALID),
        }
    }

    pub(super) fn bin_name(&mut self) -> Result<&'a [u8], Refusal> {
        self.names_bins = true;
        let name = self.name()?;
        if name.len() > MAX_BIN_NAME || name.contains(&0) { Err(INVALID) } else { Ok(name) }
    }
}
