//! Ops whose value is an expression: into the reply, or into a bin.

use aerostride_wire::{Cursor, Op, result_code as code, write_type};

use super::bins::Bins;
use crate::expression::{Expression, Subject, Value};
use crate::msgpack::{self, Item};

/// Flags of expression ops.
const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const ALLOW_DELETE: i64 = 4;
const POLICY_NO_FAIL: i64 = 8;
const EVAL_NO_FAIL: i64 = 16;

/// A computed value as particle type and bytes, or nothing where it is unknown and the flags allow that.
pub(crate) type Computed = Option<(u8, Vec<u8>)>;

/// An expression op, understood once for all the records that it is about.
#[derive(Debug)]
pub(super) struct Computation<'a> {
    expression: Expression<'a>,
    /// Whether the value may be unknown.
    may_fail: bool,
}

impl<'a> Computation<'a> {
    pub(super) fn of(op: &Op<'a>) -> Result<Self, u8> {
        let (expression, flags) = split(op.value)?;
        let known = if op.operation == write_type::EXPRESSION_READ {
            flags & !EVAL_NO_FAIL == 0
        } else {
            (0..32).contains(&flags)
        };
        if !known {
            return Err(code::PARAMETER);
        }
        let may_fail = flags & EVAL_NO_FAIL != 0;
        Ok(Self { expression: Expression::parse_any(expression)?, may_fail })
    }

    pub(super) const fn names_set(&self) -> bool {
        self.expression.names_set()
    }

    /// The value for a record; nothing where it is unknown and may be.
    pub(super) fn value<'v>(&'v self, subject: &Subject<'v>) -> Result<Option<Value<'v>>, u8> {
        match self.expression.value(subject) {
            Value::Unknown if self.may_fail => Ok(None),
            Value::Unknown => Err(code::OP_NOT_APPLICABLE),
            value => Ok(Some(value)),
        }
    }
}

/// Computes the value of an expression op.
pub(super) fn compute(op: &Op<'_>, subject: &Subject<'_>) -> Result<Computed, u8> {
    Ok(Computation::of(op)?.value(subject)?.map(Value::into_particle))
}

/// Refuses an expression that can have no value, whatever the record.
pub(super) fn check_expression(op: &Op<'_>) -> Result<(), u8> {
    let (expression, _) = split(op.value)?;
    Expression::parse_any(expression).map(|_| ())
}

/// Computes the value of an expression op and writes it into the op's bin.
pub(super) fn compute_bin<'a>(op: &Op<'a>, computed: Computed, bins: &mut Bins<'a>) -> Result<(), u8> {
    let (_, flags) = split(op.value)?;
    let Some((particle, value)) = computed else { return Ok(()) };
    let is_nil = particle == aerostride_wire::particle_type::NIL;
    if is_nil && flags & ALLOW_DELETE == 0 && bins.get(op.name).is_some() {
        // A real server looks no further than whether there are flags.
        return if flags != 0 { Ok(()) } else { Err(code::OP_NOT_APPLICABLE) };
    }
    bins.put_computed(op.name, particle, value)
}

/// Whether the bin of the op is there, or not there, as its flags want it. Nothing is computed otherwise.
pub(super) fn may_write(op: &Op<'_>, bins: &Bins<'_>) -> Result<bool, u8> {
    let (_, flags) = split(op.value)?;
    let exists = bins.get(op.name).is_some();
    let refused = if exists && flags & CREATE_ONLY != 0 {
        code::BIN_EXISTS
    } else if !exists && flags & UPDATE_ONLY != 0 {
        code::BIN_NOT_FOUND
    } else {
        return Ok(true);
    };
    if flags & POLICY_NO_FAIL != 0 { Ok(false) } else { Err(refused) }
}

/// `[expression, flags]`; without flags there are none.
fn split(value: &[u8]) -> Result<(&[u8], i64), u8> {
    let mut cursor = Cursor::new(value);
    let Item::List(count @ (1 | 2)) = msgpack::item(&mut cursor)? else { return Err(code::PARAMETER) };
    let expression = msgpack::element(&mut cursor)?;
    if count == 1 {
        return Ok((expression, 0));
    }
    match msgpack::item(&mut cursor) {
        Ok(Item::Int(flags)) => Ok((expression, flags)),
        // As a real server, which takes everything else for no flags.
        _ => Ok((expression, 0)),
    }
}
