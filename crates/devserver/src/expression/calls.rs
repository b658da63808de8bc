use aerostride_wire::Cursor;

use super::node::{Argument, Call, Module};
use super::parse::{INVALID, Parser, Refusal};
use super::path::{self, Path};
use super::value::Type;
use crate::msgpack::{self, Item};

impl<'a> Parser<'a> {
    /// Return type, module, `[operation, arguments...]` with or without a context, and the list or map.
    pub(super) fn call(&mut self, depth: usize) -> Result<Call<'a>, Refusal> {
        const MODIFIES: i64 = 0x40;
        const CONTEXT: i64 = 0xff;
        let mut kind = self.kind()?;
        let Item::Int(number) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
        let (module, wanted) = match number & !MODIFIES {
            0 => (Module::Inside, [Type::List, Type::Map]),
            1 => (Module::Bits, [Type::Blob; 2]),
            2 => (Module::Sketch, [Type::Hll; 2]),
            _ => return Err(INVALID),
        };
        let operation = self.cursor;
        let Item::List(mut count) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
        let mut context = None;
        let mut ahead = self.cursor;
        if count == 3 && msgpack::item(&mut ahead)? == Item::Int(CONTEXT) {
            self.cursor = ahead;
            context = Some(msgpack::element(&mut self.cursor)?);
            let Item::List(inner) = msgpack::item(&mut self.cursor)? else { return Err(INVALID) };
            count = inner;
        }
        let modifies = number & MODIFIES != 0;
        let is_path = msgpack::item(&mut { self.cursor })? == Item::Int(path::SELECT);
        let (path, arguments) = if is_path {
            self.cursor = operation;
            (Some(self.path()?), Vec::new())
        } else {
            (None, (0..count).map(|_| self.argument(depth)).collect::<Result<_, _>>()?)
        };
        let subject = self.node(depth)?;
        match subject.kind() {
            // As on a real server, which then takes the call itself for nil.
            Type::Nil => kind = Type::Nil,
            own if wanted.contains(&own) => {}
            _ => return Err(INVALID),
        }
        Ok(Call { kind, module, modifies, context, arguments, operation: None, lookup: None, path, subject }
            .prepare())
    }

    /// A path, of which only the form is checked here.
    fn path(&mut self) -> Result<Result<Path<'a>, u8>, Refusal> {
        let bytes = msgpack::element(&mut self.cursor)?;
        match *msgpack::list_elements(bytes)? {
            [_, steps, flags] | [_, steps, flags, _] => {
                let is_list = matches!(msgpack::item(&mut Cursor::new(steps))?, Item::List(_));
                if !is_list || msgpack::integer(flags)? < 0 {
                    return Err(INVALID);
                }
            }
            _ => return Err(INVALID),
        }
        Ok(Path::parse(bytes))
    }

    /// Lists are expressions, everything else stands for itself.
    fn argument(&mut self, depth: usize) -> Result<Argument<'a>, Refusal> {
        let mut ahead = self.cursor;
        match msgpack::item(&mut ahead)? {
            Item::List(_) => Ok(Argument::Computed(self.node(depth)?)),
            _ => Ok(Argument::Value(msgpack::element(&mut self.cursor)?)),
        }
    }
}
