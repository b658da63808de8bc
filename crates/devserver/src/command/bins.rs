use std::borrow::Cow;

use aerostride_wire::{MAX_BIN_NAME, Op, particle_type as particle, put_op, result_code as code, write_type};

use super::compute::Computed;
use crate::bits;
use crate::cdt::{self, Call};
use crate::expression::{Modified, Path};
use crate::geo;
use crate::msgpack;
use crate::sketch;
use crate::store::{HasBins, Record};

/// The bins of a record while a write changes them.
#[derive(Debug, Default)]
pub(crate) struct Bins<'a> {
    bins: Vec<Bin<'a>>,
}

#[derive(Debug, Clone)]
struct Bin<'a> {
    name: &'a [u8],
    particle: u8,
    value: Cow<'a, [u8]>,
}

impl<'a> Bins<'a> {
    /// The bins that `record` has.
    pub(crate) fn of(record: &'a Record) -> Self {
        let bins = record
            .each_bin()
            .map(|op| Bin { name: op.name, particle: op.particle, value: Cow::Borrowed(op.value) })
            .collect();
        Self { bins }
    }

    pub(crate) fn count(&self) -> usize {
        self.bins.len()
    }

    pub(crate) fn clear(&mut self) {
        self.bins.clear();
    }

    /// All bins as the ops of a reply.
    pub(crate) fn append_all(&self, out: &mut Vec<u8>) {
        for bin in &self.bins {
            put_op(out, &bin.as_op());
        }
    }

    /// The bin of that name as the op of a reply.
    pub(crate) fn get(&self, name: &[u8]) -> Option<Op<'_>> {
        self.bins.iter().find(|bin| bin.name == name).map(Bin::as_op)
    }

    /// Writes a value of the server's own; a nil value removes the bin.
    pub(crate) fn put_computed(&mut self, name: &'a [u8], kind: u8, value: Vec<u8>) -> Result<(), u8> {
        check_name(name)?;
        if kind == particle::NIL {
            self.remove(name);
        } else {
            let value = stored(kind, Cow::Owned(value)).map_err(|_| code::PARAMETER)?;
            self.set(name, kind, value);
        }
        Ok(())
    }

    /// Writes a value; a nil value removes the bin.
    pub(crate) fn put(&mut self, op: &Op<'a>) -> Result<(), u8> {
        let value = stored(op.particle, Cow::Borrowed(op.value))?;
        if op.particle == particle::NIL {
            self.remove(op.name);
        } else {
            self.set(op.name, op.particle, value);
        }
        Ok(())
    }

    /// Removes a bin. The last one takes its place.
    fn remove(&mut self, name: &[u8]) {
        if let Some(at) = self.bins.iter().position(|bin| bin.name == name) {
            self.bins.swap_remove(at);
        }
    }

    /// Adds to a number. A missing bin takes any value as it is.
    pub(crate) fn add(&mut self, op: &Op<'a>) -> Result<(), u8> {
        let Some(bin) = self.bin_to_extend(op)? else { return Ok(()) };
        let is_number = bin.particle == particle::INT || bin.particle == particle::DOUBLE;
        if bin.particle != op.particle || !is_number {
            return Err(code::BIN_TYPE);
        }
        let value = stored(op.particle, Cow::Borrowed(op.value))?;
        bin.value = Cow::Owned(sum(op.particle, eight(&bin.value), eight(&value)).to_vec());
        Ok(())
    }

    /// Appends to, or prepends to, text or bytes. A missing bin takes any value as it is.
    pub(crate) fn extend(&mut self, op: &Op<'a>) -> Result<(), u8> {
        let Some(bin) = self.bin_to_extend(op)? else { return Ok(()) };
        let is_text = matches!(bin.particle, particle::STRING | particle::BLOB | 7..=12);
        if bin.particle != op.particle || !is_text {
            return Err(code::BIN_TYPE);
        }
        let joined = if op.operation == write_type::APPEND {
            [&bin.value[..], op.value].concat()
        } else {
            [op.value, &bin.value[..]].concat()
        };
        bin.value = Cow::Owned(joined);
        Ok(())
    }

    /// The bin that an op adds to; a missing one is made of the op's value. What is in the bin is looked at before the value.
    fn bin_to_extend(&mut self, op: &Op<'a>) -> Result<Option<&mut Bin<'a>>, u8> {
        if op.particle == particle::NIL || !is_known(op.particle) {
            return Err(code::PARAMETER);
        }
        match self.bins.iter().position(|bin| bin.name == op.name) {
            Some(at) if self.bins[at].particle == particle::GEOJSON => Err(code::UNKNOWN),
            Some(at) => Ok(Some(&mut self.bins[at])),
            None => {
                self.set(op.name, op.particle, stored(op.particle, Cow::Borrowed(op.value))?);
                Ok(None)
            }
        }
    }

    /// Reads from a list or map, from the bits of a blob, or from a sketch.
    pub(crate) fn read_inside(&self, op: &Op<'_>) -> Result<Computed, u8> {
        let read = match op.operation {
            write_type::BITS_READ => bits::read,
            write_type::HLL_READ => sketch::read,
            _ => {
                let Some(bin) = self.inside(op.name) else { return Ok(None) };
                if Path::is_path(op.value) {
                    return path_of(op, bin)?.read(bin.value).map(Some);
                }
                let answer = cdt::read(Some(bin), &call_on(Some(bin), op.value)?)?;
                return answer.map(|answer| cdt::as_particle(&answer)).transpose();
            }
        };
        if op.operation == write_type::BITS_READ && self.is_other_than_blob(op.name) {
            return bits::refuse(op.value, true).map(|()| None);
        }
        match self.value_of(op)? {
            Some(value) => Ok(Some(read(value, op.value)?.into_particle())),
            None => Ok(None),
        }
    }

    /// Changes a list or map, the bits of a blob, or a sketch; or makes it.
    pub(crate) fn modify_inside(&mut self, op: &Op<'a>) -> Result<Computed, u8> {
        check_name(op.name)?;
        match op.operation {
            write_type::BITS_MODIFY if self.is_other_than_blob(op.name) => {
                bits::refuse(op.value, false).map(|()| None)
            }
            write_type::BITS_MODIFY => {
                if let Some(changed) = bits::modify(self.value_of(op)?, op.value)? {
                    self.set(op.name, particle::BLOB, Cow::Owned(changed));
                }
                Ok(None)
            }
            write_type::HLL_MODIFY => {
                let (changed, answer) = sketch::modify(self.value_of(op)?, op.value)?;
                if let Some(changed) = changed {
                    self.set(op.name, particle::HLL, Cow::Owned(changed));
                }
                Ok(Some(answer.into_particle()))
            }
            _ if Path::is_path(op.value) => {
                let bin = self.inside(op.name).ok_or(code::BIN_TYPE)?;
                match path_of(op, bin)?.modify(bin.value)? {
                    Modified::Changed(particle, value) => self.set(op.name, particle, Cow::Owned(value)),
                    Modified::Read(particle, value) => return Ok(Some((particle, value))),
                }
                Ok(None)
            }
            _ => {
                let bin = self.inside(op.name);
                let (changed, answer) = cdt::modify(bin, &call_on(bin, op.value)?)?;
                if let Some((particle, value)) = changed {
                    let value = msgpack::normal_made(&value, particle)?;
                    self.set(op.name, particle, Cow::Owned(value));
                }
                answer.map(|answer| cdt::as_particle(&answer)).transpose()
            }
        }
    }

    fn is_other_than_blob(&self, name: &[u8]) -> bool {
        self.get(name).is_some_and(|bin| bin.particle != particle::BLOB)
    }

    /// The value of the op's bin, which must be of the type that the operation is for.
    fn value_of(&self, op: &Op<'_>) -> Result<Option<&[u8]>, u8> {
        let wanted = match op.operation {
            write_type::BITS_READ | write_type::BITS_MODIFY => particle::BLOB,
            _ if op.value.is_empty() => return Err(code::PARAMETER),
            _ => particle::HLL,
        };
        match self.bins.iter().find(|bin| bin.name == op.name) {
            Some(bin) if bin.particle == wanted => Ok(Some(&bin.value)),
            Some(_) => Err(code::BIN_TYPE),
            None => Ok(None),
        }
    }

    fn inside(&self, name: &[u8]) -> Option<cdt::Bin<'_>> {
        let bin = self.bins.iter().find(|bin| bin.name == name)?;
        Some(cdt::Bin { particle: bin.particle, value: &bin.value })
    }

    fn set(&mut self, name: &'a [u8], particle: u8, value: Cow<'a, [u8]>) {
        match self.bins.iter_mut().find(|bin| bin.name == name) {
            Some(bin) => (bin.particle, bin.value) = (particle, value),
            None => self.bins.push(Bin { name, particle, value }),
        }
    }
}

impl HasBins for Bins<'_> {
    fn bin(&self, name: &[u8]) -> Option<Op<'_>> {
        self.get(name)
    }
}

impl Bin<'_> {
    fn as_op(&self) -> Op<'_> {
        Op { operation: write_type::READ, particle: self.particle, name: self.name, value: &self.value }
    }
}

/// The path of an op, whose bin has to be a list or map.
fn path_of<'a>(op: &Op<'a>, bin: cdt::Bin<'_>) -> Result<Path<'a>, u8> {
    if matches!(bin.particle, particle::LIST | particle::MAP) {
        Path::parse(op.value)
    } else {
        Err(code::BIN_TYPE)
    }
}

/// Only plain values may be in a bin without a name.
fn check_name(name: &[u8]) -> Result<(), u8> {
    match name.len() {
        0 => Err(code::PARAMETER),
        1..=MAX_BIN_NAME => Ok(()),
        _ => Err(code::BIN_NAME),
    }
}

/// An operation on a list or map. What cannot be read at all is still refused by the bin first.
fn call_on<'a>(bin: Option<cdt::Bin<'_>>, operation: &'a [u8]) -> Result<Call<'a>, u8> {
    Call::parse(operation).map_err(|malformed| match (bin, cdt::particle_of(operation)) {
        (Some(bin), Some(wanted)) if bin.particle != wanted => code::BIN_TYPE,
        _ => malformed,
    })
}

/// A value as it is stored, or the code that refuses it. Later readers need not doubt it.
fn stored(kind: u8, value: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, u8> {
    let sound = |sound: bool, value| if sound { Ok(value) } else { Err(code::PARAMETER) };
    match kind {
        particle::INT => match value.len() {
            8 => Ok(value),
            1 | 2 | 4 => Ok(Cow::Owned([&[0; 8][value.len()..], &value].concat())),
            _ => Err(code::PARAMETER),
        },
        particle::DOUBLE => sound(value.len() == 8, value),
        particle::BOOL => sound(matches!(*value, [0 | 1]), value),
        particle::HLL => sound(sketch::is_sound(&value), value),
        particle::LIST | particle::MAP => {
            msgpack::normal(&value, kind).map(Cow::Owned).map_err(|_| code::UNKNOWN)
        }
        particle::GEOJSON => geo::stored(&value).map(Cow::Owned).ok_or(code::INVALID_GEOJSON),
        kind if is_known(kind) => Ok(value),
        _ => Err(code::PARAMETER),
    }
}

/// Whether there is such a type of values; those of other languages are among them.
const fn is_known(kind: u8) -> bool {
    matches!(kind, particle::NIL..=particle::BLOB | 7..=12 | 16..=20 | particle::GEOJSON)
}

fn eight(bytes: &[u8]) -> [u8; 8] {
    bytes.try_into().unwrap_or_default()
}

fn sum(kind: u8, a: [u8; 8], b: [u8; 8]) -> [u8; 8] {
    if kind == particle::INT {
        i64::from_be_bytes(a).wrapping_add(i64::from_be_bytes(b)).to_be_bytes()
    } else {
        (f64::from_be_bytes(a) + f64::from_be_bytes(b)).to_be_bytes()
    }
}
