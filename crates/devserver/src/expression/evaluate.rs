use std::borrow::Cow;

use aerostride_wire::{Digest, Op, particle_type, write_type};
use regex_lite::Regex;

use super::node::{Argument, Call, Comparison, Metadata, Module, Node};
use super::number::Bitwise;
use super::parse::Expression;
use super::path::{Modified, Path};
use super::pattern::characters;
use super::value::{Type, Value};
use crate::bits;
use crate::cdt;
use crate::clock::Now;
use crate::geo::Geometry;
use crate::msgpack;
use crate::sketch;
use crate::store::{HasBins, Record};

/// The record that an expression is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'r> {
    pub(crate) digest: &'r Digest,
    /// The record as it is stored, which says what is not in its bins; `None` for one that is being made.
    pub(crate) record: Option<&'r Record>,
    pub(crate) bins: &'r dyn HasBins,
    /// Name of the record's set.
    pub(crate) set: &'r [u8],
    pub(crate) now: Now,
}

impl Expression<'_> {
    /// Whether the record passes. What cannot be known is not passed.
    pub(crate) fn passes(&self, subject: &Subject<'_>) -> bool {
        matches!(self.value(subject), Value::Bool(true))
    }

    /// The value for a record, which may lie in the record or in the expression.
    pub(crate) fn value<'v>(&'v self, subject: &Subject<'v>) -> Value<'v> {
        match self.root.evaluate(&mut Scope::new(Some(subject), None)) {
            // Only an element of a path can be taken out.
            Value::Removal => Value::Unknown,
            value => value,
        }
    }

    /// The value for an element of a list or map, beside which there is no record.
    pub(super) fn value_in<'v>(&'v self, vars: &Loop<'v>) -> Value<'v> {
        self.root.evaluate(&mut Scope::new(None, Some(vars)))
    }

    /// Whether an element passes, if that can be known. What is no truth is not true.
    pub(super) fn truth(&self, vars: &Loop<'_>) -> Option<bool> {
        match self.value_in(vars) {
            Value::Bool(truth) => Some(truth),
            Value::Unknown => None,
            _ => Some(false),
        }
    }
}

/// What the element is that a path has come to: key, value and index.
pub(super) struct Loop<'v>(pub(super) [Value<'v>; 3]);

struct Scope<'v, 's> {
    /// The record; none for the elements of a path.
    subject: Option<&'s Subject<'v>>,
    vars: Option<&'s Loop<'v>>,
    variables: Vec<(&'v [u8], Value<'v>)>,
}

impl<'v, 's> Scope<'v, 's> {
    const fn new(subject: Option<&'s Subject<'v>>, vars: Option<&'s Loop<'v>>) -> Self {
        Self { subject, vars, variables: Vec::new() }
    }

    /// What an element says of itself; unknown where there is none, or it is of another type.
    fn part(&self, kind: Type, part: usize) -> Value<'v> {
        let value = self.vars.and_then(|vars| vars.0.get(part)).filter(|value| value.kind() == Some(kind));
        value.map_or(Value::Unknown, Value::clone)
    }

    /// The value of the innermost variable of that name.
    fn variable(&self, name: &[u8]) -> Value<'v> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        found.map_or(Value::Unknown, |(_, value)| value.clone())
    }
}

impl<'a> Node<'a> {
    fn evaluate<'v>(&'v self, scope: &mut Scope<'v, '_>) -> Value<'v> {
        match self {
            Self::Value(value) => value.clone(),
            Self::Compare(comparison, operands) => {
                let [a, b] = both(operands, scope);
                comparison.apply(&a, &b)
            }
            Self::Regex(regex, text) => matches_regex(regex, &text.evaluate(scope)),
            Self::InList(operands) => {
                let [value, list] = both(operands, scope);
                is_in(&value, &list).map_or(Value::Unknown, Value::Bool)
            }
            Self::Geo(operands) => {
                let [a, b] = both(operands, scope);
                matches(&a, &b).map_or(Value::Unknown, Value::Bool)
            }
            Self::And(operands) => dominated(operands, false, scope),
            Self::Or(operands) => dominated(operands, true, scope),
            Self::Not(operand) => match operand.evaluate(scope) {
                Value::Bool(truth) => Value::Bool(!truth),
                _ => Value::Unknown,
            },
            Self::Exclusive(operands) => exclusive(operands, scope),
            Self::Arithmetic(arithmetic, operands) => {
                arithmetic.apply(operands.iter().map(|operand| operand.evaluate(scope)))
            }
            Self::Rounding(rounding, operand) => rounding.apply(&operand.evaluate(scope)),
            Self::Bitwise(bitwise, operands) => evaluate_bits(*bitwise, operands, scope),
            Self::Metadata(metadata) => scope.subject.map_or(Value::Unknown, |subject| metadata.of(subject)),
            Self::Key(kind) => key(scope.subject.and_then(|subject| subject.record), *kind),
            Self::Bin(kind, name) => {
                scope.subject.map_or(Value::Unknown, |subject| bin(subject.bins, *kind, name))
            }
            Self::BinType(name) => scope.subject.map_or(Value::Unknown, |subject| {
                Value::Int(subject.bins.bin(name).map_or(0, |bin| i64::from(bin.particle)))
            }),
            Self::Part(kind, part) => scope.part(*kind, *part),
            Self::MapPart(keys, map) => match map.evaluate(scope) {
                Value::Map(map) => map_part(&map, *keys),
                _ => Value::Unknown,
            },
            Self::Call(call) => evaluate_call(call, scope).unwrap_or(Value::Unknown),
            Self::Cond(operands, _) => cond(operands, scope),
            Self::Let(definitions, body) => evaluate_let(definitions, body, scope),
            Self::Var(name, _) => scope.variable(name),
        }
    }
}

impl Comparison {
    fn apply<'v>(self, a: &Value<'_>, b: &Value<'_>) -> Value<'v> {
        let order = match (a, b) {
            // Of two numbers without an order, one is only not equal to the other.
            (Value::Float(a), Value::Float(b)) if a.partial_cmp(b).is_none() => {
                return Value::Bool(self == Self::NotEqual);
            }
            (Value::List(a), Value::List(b)) | (Value::Map(a), Value::Map(b)) => msgpack::defined_order(a, b),
            _ => a.compare(b),
        };
        let Some(order) = order else { return Value::Unknown };
        Value::Bool(match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        })
    }
}

fn both<'v>(operands: &'v [Node<'_>; 2], scope: &mut Scope<'v, '_>) -> [Value<'v>; 2] {
    let [a, b] = operands;
    [a.evaluate(scope), b.evaluate(scope)]
}

fn evaluate_let<'v>(
    definitions: &'v [(&[u8], Node<'_>)],
    body: &'v Node<'_>,
    scope: &mut Scope<'v, '_>,
) -> Value<'v> {
    let outer = scope.variables.len();
    for (name, definition) in definitions {
        let value = definition.evaluate(scope);
        scope.variables.push((name, value));
    }
    let value = body.evaluate(scope);
    scope.variables.truncate(outer);
    value
}

fn matches_regex<'v>(regex: &Regex, text: &Value<'_>) -> Value<'v> {
    let Value::String(text) = text else { return Value::Unknown };
    Value::Bool(regex.is_match(&characters(text)))
}

fn matches(a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    let (Value::Geo(a), Value::Geo(b)) = (a, b) else { return None };
    Some(Geometry::parse(a)?.matches(&Geometry::parse(b)?))
}

/// `And` and `Or`: one operand of the dominating truth decides, whatever is unknown about the others.
fn dominated<'v>(operands: &'v [Node<'_>], dominating: bool, scope: &mut Scope<'v, '_>) -> Value<'v> {
    let mut known = true;
    for operand in operands {
        match operand.evaluate(scope) {
            Value::Bool(truth) if truth == dominating => return Value::Bool(dominating),
            Value::Bool(_) => {}
            _ => known = false,
        }
    }
    if known { Value::Bool(!dominating) } else { Value::Unknown }
}

/// Exactly one operand is true. A second one that is true decides, whatever is unknown behind it.
fn exclusive<'v>(operands: &'v [Node<'_>], scope: &mut Scope<'v, '_>) -> Value<'v> {
    let mut found = false;
    for operand in operands {
        match operand.evaluate(scope) {
            Value::Bool(true) if found => return Value::Bool(false),
            Value::Bool(truth) => found |= truth,
            _ => return Value::Unknown,
        }
    }
    Value::Bool(found)
}

/// The scans have a truth as their second operand, everything else has integers only.
fn evaluate_bits<'v>(bitwise: Bitwise, operands: &'v [Node<'_>], scope: &mut Scope<'v, '_>) -> Value<'v> {
    let mut values: Vec<_> = operands.iter().map(|operand| operand.evaluate(scope)).collect();
    let truth = match values.last() {
        Some(Value::Bool(truth)) => Some(*truth),
        _ => None,
    };
    if truth.is_some() {
        values.pop();
    }
    bitwise.apply(&values, truth)
}

fn cond<'v>(operands: &'v [Node<'_>], scope: &mut Scope<'v, '_>) -> Value<'v> {
    let (pairs, default) = operands.as_chunks::<2>();
    for [test, action] in pairs {
        match test.evaluate(scope) {
            Value::Bool(true) => return action.evaluate(scope),
            Value::Bool(false) => {}
            _ => return Value::Unknown,
        }
    }
    default.first().map_or(Value::Unknown, |node| node.evaluate(scope))
}

/// Most bytes that a call may work on, as many as a record usually may have. Calls inside of calls could otherwise double a list until the memory is full.
const MAX_CALL: usize = 1024 * 1024;

/// What a path gives; nothing when it fails on this value.
fn evaluate_path<'v>(call: &'v Call<'_>, path: &Path<'_>, scope: &mut Scope<'v, '_>) -> Option<Value<'v>> {
    let (Value::List(bytes) | Value::Map(bytes)) = call.subject.evaluate(scope) else { return None };
    if bytes.len() > MAX_CALL {
        return None;
    }
    let given = if call.modifies {
        match path.modify(&bytes).ok()? {
            Modified::Changed(_, changed) => changed,
            Modified::Read(..) => bytes.into_owned(),
        }
    } else {
        path.read(&bytes).ok()?.1
    };
    let given = Value::of_msgpack(&given).ok()?.into_owned();
    (given.kind() == Some(call.kind)).then_some(given)
}

/// What a call gives; nothing when it fails on this record.
fn evaluate_call<'v>(call: &'v Call<'_>, scope: &mut Scope<'v, '_>) -> Option<Value<'v>> {
    if let Some(path) = &call.path {
        return evaluate_path(call, path.as_ref().ok()?, scope);
    }
    let mut computed;
    let operation = match &call.operation {
        Some(operation) => operation,
        None => {
            computed = call.start_operation();
            for argument in &call.arguments {
                match argument {
                    Argument::Value(bytes) => computed.extend_from_slice(bytes),
                    Argument::Computed(node) => {
                        if !node.evaluate(scope).append_msgpack(&mut computed) {
                            return None;
                        }
                    }
                }
            }
            &computed
        }
    };
    let subject = call.subject.evaluate(scope);
    if let Some(lookup) = &call.lookup {
        let (Value::List(bytes) | Value::Map(bytes)) = subject else { return None };
        let given = fits(operation, &bytes).then(|| lookup.read(bytes)).flatten()?;
        return (given.kind() == Some(call.kind)).then_some(given);
    }
    let given = match (call.module, &subject) {
        (Module::Inside, Value::List(bytes)) => inside(call, particle_type::LIST, bytes, operation)?,
        (Module::Inside, Value::Map(bytes)) => inside(call, particle_type::MAP, bytes, operation)?,
        (Module::Bits, Value::Blob(bytes)) if call.modifies => {
            Value::Blob(bits::modify(Some(bytes), operation).ok()?.unwrap_or_else(|| bytes.to_vec()).into())
        }
        (Module::Bits, Value::Blob(bytes)) => bits::read(bytes, operation).ok()?,
        (Module::Sketch, Value::Hll(bytes)) if call.modifies => {
            let (changed, _) = sketch::modify(Some(bytes), operation).ok()?;
            Value::Hll(changed.unwrap_or_else(|| bytes.to_vec()).into())
        }
        (Module::Sketch, Value::Hll(bytes)) => sketch::read(bytes, operation).ok()?,
        _ => return None,
    };
    (given.kind() == Some(call.kind)).then_some(given)
}

fn fits(operation: &[u8], value: &[u8]) -> bool {
    operation.len() + value.len() <= MAX_CALL
}

/// What an operation on the inside of a list or map gives.
fn inside<'v>(call: &Call<'_>, particle: u8, value: &[u8], operation: &[u8]) -> Option<Value<'v>> {
    if !fits(operation, value) {
        return None;
    }
    let bin = Some(cdt::Bin { particle, value });
    let operation = cdt::Call::parse(operation).ok()?;
    let given = if call.modifies {
        let (changed, _) = cdt::modify(bin, &operation).ok()?;
        changed.map_or_else(|| value.to_vec(), |(_, value)| value)
    } else {
        cdt::read(bin, &operation).ok()??
    };
    Value::of_msgpack(&given).ok().map(Value::into_owned)
}

fn bin<'v>(bins: &'v dyn HasBins, kind: Type, name: &[u8]) -> Value<'v> {
    match bins.bin(name).map(|bin| Value::of_bin(&bin)) {
        Some(value) if value.kind() == Some(kind) => value,
        _ => Value::Unknown,
    }
}

fn key(record: Option<&Record>, kind: Type) -> Value<'_> {
    let Some((&particle, value)) = record.and_then(|record| record.user_key().split_first()) else {
        return Value::Unknown;
    };
    let value = Value::of_bin(&Op { operation: write_type::READ, particle, name: &[], value });
    if value.kind() == Some(kind) { value } else { Value::Unknown }
}

fn is_in(value: &Value<'_>, list: &Value<'_>) -> Option<bool> {
    let Value::List(list) = list else { return None };
    let mut wanted = Vec::new();
    if !value.append_msgpack(&mut wanted) {
        return None;
    }
    let elements = msgpack::list_elements(list).ok()?;
    Some(
        elements
            .iter()
            .any(|element| msgpack::compare(&wanted, element).is_ok_and(std::cmp::Ordering::is_eq)),
    )
}

/// The keys or the values of a map as a list.
fn map_part<'v>(map: &[u8], keys: bool) -> Value<'v> {
    let Ok(pairs) = msgpack::map_pairs(map) else {
        return Value::Unknown;
    };
    let mut list = Vec::new();
    msgpack::put_list_header(&mut list, pairs.len());
    for (key, value) in pairs {
        list.extend_from_slice(if keys { key } else { value });
    }
    Value::List(Cow::Owned(list))
}

impl Metadata {
    fn of<'v>(self, subject: &Subject<'v>) -> Value<'v> {
        let Subject { digest, record, set, now, .. } = *subject;
        // A record that is being made has been updated now, and takes one block.
        let last_update = record.map_or(now, |record| record.last_update);
        let void_time = record.map_or(0, |record| record.void_time);
        match self {
            Self::DigestModulo(modulo) => {
                let tail = digest.last_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
                Value::Int(i64::from(tail) % i64::from(modulo))
            }
            Self::LastUpdate => Value::Int(last_update.unix_nanoseconds()),
            Self::SinceUpdate => Value::Int(now.0.saturating_sub(last_update.0) as i64),
            Self::VoidTime if void_time == 0 => Value::Int(-1),
            Self::VoidTime => Value::Int(Now(u64::from(void_time) * 1000).unix_nanoseconds()),
            Self::Ttl if void_time == 0 => Value::Int(-1),
            Self::Ttl => Value::Int(i64::from(void_time.saturating_sub(now.seconds()))),
            Self::SetName => Value::String(Cow::Borrowed(set)),
            Self::KeyExists => Value::Bool(record.is_some_and(|record| !record.user_key().is_empty())),
            Self::IsTombstone => Value::Bool(false),
            Self::Size => Value::Int(record.map_or(16, |record| record.stored_size(set)) as i64),
            Self::DeviceSize => Value::Int(0),
        }
    }
}
