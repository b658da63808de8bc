//! The arguments of operations, as the protocol has them.

use std::vec::IntoIter;

use aerospike::operations::Operation;
use aerospike::{IndexMap, ListReturnType, MapReturnType, Value};

use crate::{Error, ErrorKind};

/// What is left of the arguments of an operation on a bin.
pub(super) struct Arguments {
    bin: String,
    rest: IntoIter<Value>,
}

/// What an operation is, or why its arguments do not fit it.
pub(super) type Made = Result<Operation, Error>;

impl Arguments {
    pub(super) fn new(bin: String, arguments: Vec<Value>) -> Self {
        Self { bin, rest: arguments.into_iter() }
    }

    pub(super) fn bin(&mut self) -> String {
        std::mem::take(&mut self.bin)
    }

    /// Any value.
    pub(super) fn value(&mut self) -> Result<Value, Error> {
        self.rest.next().ok_or_else(|| unfit("another argument"))
    }

    /// A value that may be left out, and is nil then.
    pub(super) fn value_or_nil(&mut self) -> Value {
        self.rest.next().unwrap_or(Value::Nil)
    }

    pub(super) fn int(&mut self) -> Result<i64, Error> {
        self.value().and_then(integer)
    }

    /// An integer that may be left out.
    pub(super) fn int_if_any(&mut self) -> Result<Option<i64>, Error> {
        self.rest.next().map(integer).transpose()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        u8::try_from(self.int()?).map_err(|_| unfit("a number of one byte"))
    }

    pub(super) fn bool(&mut self) -> Result<bool, Error> {
        match self.value()? {
            Value::Bool(value) => Ok(value),
            _ => Err(unfit("a boolean")),
        }
    }

    pub(super) fn list(&mut self) -> Result<Vec<Value>, Error> {
        match self.value()? {
            Value::List(items) => Ok(items),
            _ => Err(unfit("a list")),
        }
    }

    pub(super) fn map(&mut self) -> Result<IndexMap<Value, Value>, Error> {
        match self.value()? {
            Value::OrderedMap(entries) => Ok(entries),
            _ => Err(unfit("a map")),
        }
    }
}

/// What list and map operations return, under the same numbers.
pub(super) trait Returned: Copy {
    fn of(bits: i64) -> Self;
}

impl Returned for ListReturnType {
    fn of(bits: i64) -> Self {
        Self::from_bits(bits)
    }
}

impl Returned for MapReturnType {
    fn of(bits: i64) -> Self {
        Self::from_bits(bits)
    }
}

/// Selects by an index, a rank, a key, a value, or several of them.
impl Arguments {
    fn returned<R: Returned>(&mut self) -> Result<R, Error> {
        self.int().map(R::of)
    }

    pub(super) fn at<R: Returned>(&mut self, operation: fn(String, i64, R) -> Operation) -> Made {
        let returned = self.returned()?;
        Ok(operation(self.bin(), self.int()?, returned))
    }

    pub(super) fn equal<R: Returned>(&mut self, operation: fn(String, Value, R) -> Operation) -> Made {
        let returned = self.returned()?;
        Ok(operation(self.bin(), self.value()?, returned))
    }

    pub(super) fn among<R: Returned>(&mut self, operation: fn(String, Vec<Value>, R) -> Operation) -> Made {
        let returned = self.returned()?;
        Ok(operation(self.bin(), self.list()?, returned))
    }

    /// From a value up to another, or to the last.
    pub(super) fn between<R: Returned>(
        &mut self,
        operation: fn(String, Value, Value, R) -> Operation,
    ) -> Made {
        let returned = self.returned()?;
        Ok(operation(self.bin(), self.value()?, self.value_or_nil(), returned))
    }

    /// From an index or rank: all, or so many.
    pub(super) fn from<R: Returned>(
        &mut self,
        all: fn(String, i64, R) -> Operation,
        counted: fn(String, i64, i64, R) -> Operation,
    ) -> Made {
        let returned = self.returned()?;
        let (bin, start) = (self.bin(), self.int()?);
        Ok(match self.int_if_any()? {
            None => all(bin, start, returned),
            Some(count) => counted(bin, start, count, returned),
        })
    }

    /// The same, relative to a key or value.
    pub(super) fn relative<R: Returned>(
        &mut self,
        all: fn(String, Value, i64, R) -> Operation,
        counted: fn(String, Value, i64, i64, R) -> Operation,
    ) -> Made {
        let returned = self.returned()?;
        let (bin, value, start) = (self.bin(), self.value()?, self.int()?);
        Ok(match self.int_if_any()? {
            None => all(bin, value, start, returned),
            Some(count) => counted(bin, value, start, count, returned),
        })
    }
}

fn integer(value: Value) -> Result<i64, Error> {
    match value {
        Value::Int(value) => Ok(value),
        _ => Err(unfit("an integer")),
    }
}

/// The error for arguments that are not those of an operation.
pub(super) fn unfit(wanted: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("an operation on the inside of a bin takes {wanted} here"))
}
