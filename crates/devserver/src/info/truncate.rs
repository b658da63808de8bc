use aerostride_wire::PARTITIONS;

use super::arguments::{check, parameter};
use super::{Asked, OK};
use crate::clock::Now;
use crate::store::{Namespace, SetId};

/// Removes the records of a set that were last written before `lut` (nanoseconds since 1970), or before now.
pub(super) fn set(asked: &Asked<'_>, parameters: &str) -> String {
    let done = before(asked, parameters).map(|before| {
        let set = parameter(parameters, "set").unwrap_or_default().as_bytes();
        // Where nothing was ever written there is nothing to remove.
        if let Some(namespace) = named(asked, parameters)
            && let Some(set) = namespace.set_id(set)
        {
            remove(namespace, Some(set), before);
        }
    });
    done.map_or_else(|error| error, |()| OK.to_owned())
}

/// Removes the records of a namespace.
pub(super) fn namespace(asked: &Asked<'_>, parameters: &str) -> String {
    let done = without_set(parameters).and_then(|()| {
        check("lut?23", parameters, asked.service.engine)?;
        let before = before(asked, parameters)?;
        if let Some(namespace) = named(asked, parameters) {
            remove(namespace, None, before);
        }
        Ok(())
    });
    done.map_or_else(|error| error, |()| OK.to_owned())
}

/// Lets records come back that were truncated; there are none, as they are gone at once.
pub(super) fn undo(_: &Asked<'_>, parameters: &str) -> String {
    without_set(parameters).map_or_else(|error| error, |()| OK.to_owned())
}

/// Evicts records that expire soon. There is room for all of them.
pub(super) fn eviction_reset(_: &Asked<'_>, parameters: &str) -> String {
    const LONGEST: u64 = 10 * 365 * 24 * 60 * 60;
    match parameter(parameters, "ttl").map(leading_number) {
        Some(ttl) if ttl > LONGEST => "ERROR:4:ttl too big".to_owned(),
        _ => OK.to_owned(),
    }
}

fn named<'e>(asked: &Asked<'e>, parameters: &str) -> Option<&'e Namespace> {
    asked.service.engine.namespace(parameter(parameters, "namespace")?.as_bytes())
}

fn without_set(parameters: &str) -> Result<(), String> {
    match parameter(parameters, "set") {
        Some(_) => Err("ERROR:4:unexpected set name".to_owned()),
        None => Ok(()),
    }
}

/// The time before which records are removed.
fn before(asked: &Asked<'_>, parameters: &str) -> Result<Now, String> {
    let now = asked.service.engine.now();
    let Some(text) = parameter(parameters, "lut") else { return Ok(now.next()) };
    let before = Now::from_unix_nanoseconds(leading_number(text));
    if before == Now(0) {
        return Err("ERROR:4:would truncate to 0".to_owned());
    }
    if before > now { Err("ERROR:4:would truncate in the future".to_owned()) } else { Ok(before) }
}

/// The number that a text begins with, as C reads it: 0 without one, and the largest for one that is too large.
fn leading_number(text: &str) -> u64 {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', ..] => (8, &text[1..]),
        _ => (10, text),
    };
    let numbers = digits.chars().map_while(|digit| digit.to_digit(radix));
    let add = |number: u64, digit| number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit));
    numbers.into_iter().try_fold(0, add).unwrap_or(u64::MAX)
}

fn remove(namespace: &Namespace, set: Option<SetId>, before: Now) {
    namespace.note_truncation(set.unwrap_or(0), before);
    for partition in 0..PARTITIONS {
        namespace.remove_if(partition, |record| {
            set.is_none_or(|set| record.set == set) && record.last_update < before
        });
    }
}
