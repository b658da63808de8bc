//! How deep values may be nested.

use aerospike::Value;

/// Lists and maps inside each other beyond this depth stay bytes: whoever walks over a value does so by recursion, here and
/// in the caller's program.
pub(crate) const MAX_DEPTH: usize = 256;

/// Whether something in the value lies deeper than that.
pub(crate) fn is_too_deep(value: &Value) -> bool {
    exceeds(value, MAX_DEPTH)
}

fn exceeds(value: &Value, left: usize) -> bool {
    let any = |mut items: &mut dyn Iterator<Item = &Value>| {
        left.checked_sub(1).is_none_or(|left| Iterator::any(&mut items, |item| exceeds(item, left)))
    };
    match value {
        Value::List(items) | Value::MultiResult(items) => any(&mut items.iter()),
        Value::HashMap(entries) => any(&mut entries.values()),
        Value::OrderedMap(entries) => any(&mut entries.values()),
        Value::SortedMap(entries) => any(&mut entries.values()),
        Value::KeyValueList(entries) => any(&mut entries.iter().flat_map(|(key, value)| [key, value])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize, within: fn(Value) -> Value) -> Value {
        (0..depth).fold(Value::Int(1), |value, _| within(value))
    }

    #[test]
    fn lists_and_maps_are_counted() {
        let key = || Value::String("a".into());
        let list: fn(Value) -> Value = |value| Value::List(vec![Value::Int(0), value]);
        let map: fn(Value) -> Value =
            |value| Value::OrderedMap([(Value::Int(0), Value::Nil), (Value::Int(1), value)].into());
        let pairs: fn(Value) -> Value = |value| Value::KeyValueList(vec![(value, Value::Nil)]);
        for within in [list, map, pairs] {
            assert!(!is_too_deep(&nested(MAX_DEPTH, within)));
            assert!(is_too_deep(&nested(MAX_DEPTH + 1, within)));
        }
        assert!(!is_too_deep(&key()));
    }
}
