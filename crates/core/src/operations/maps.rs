//! Operations on maps.

use aerospike::operations::{MapOrder, maps as crate_maps};
use aerospike::{IndexMap, MapPolicy, MapWriteFlags, Value};

use super::arguments::{Arguments, Made, unfit};
use crate::Error;

/// Set in an order: the server keeps the index of the map with the record.
const PERSISTS_INDEX: u8 = 0x10;

/// The operation of a number of the protocol.
pub(super) fn operation(code: u8, args: &mut Arguments) -> Made {
    Ok(match code {
        64 => {
            let policy = order_of(args.byte()?);
            crate_maps::set_policy(&policy, args.bin(), Vec::new())
        }
        67 => put(args)?,
        68 => {
            let items = args.map()?;
            crate_maps::put_items(&policy(args)?, args.bin(), items)
        }
        73 => add(args, crate_maps::increment_value)?,
        74 => add(args, crate_maps::decrement_value)?,
        75 => crate_maps::clear(args.bin()),
        96 => crate_maps::size(args.bin()),
        _ => return selection(code, args),
    })
}

/// Reads and removals of what they select.
fn selection(code: u8, args: &mut Arguments) -> Made {
    match code {
        76 => args.equal(crate_maps::remove_by_key),
        77 => args.at(crate_maps::remove_by_index),
        79 => args.at(crate_maps::remove_by_rank),
        81 => args.among(crate_maps::remove_by_key_list),
        82 => args.equal(crate_maps::remove_by_value),
        83 => args.among(crate_maps::remove_by_value_list),
        84 => args.between(crate_maps::remove_by_key_range),
        85 => args.from(crate_maps::remove_by_index_range_from, crate_maps::remove_by_index_range),
        86 => args.between(crate_maps::remove_by_value_range),
        87 => args.from(crate_maps::remove_by_rank_range_from, crate_maps::remove_by_rank_range),
        88 => args.relative(
            crate_maps::remove_by_key_relative_index_range,
            crate_maps::remove_by_key_relative_index_range_count,
        ),
        89 => args.relative(
            crate_maps::remove_by_value_relative_rank_range,
            crate_maps::remove_by_value_relative_rank_range_count,
        ),
        97 => args.equal(crate_maps::get_by_key),
        98 => args.at(crate_maps::get_by_index),
        100 => args.at(crate_maps::get_by_rank),
        102 => args.equal(crate_maps::get_by_value),
        103 => args.between(crate_maps::get_by_key_range),
        104 => args.from(crate_maps::get_by_index_range_from, crate_maps::get_by_index_range),
        105 => args.between(crate_maps::get_by_value_range),
        106 => args.from(crate_maps::get_by_rank_range_from, crate_maps::get_by_rank_range),
        107 => args.among(crate_maps::get_by_key_list),
        108 => args.among(crate_maps::get_by_value_list),
        109 => args.relative(
            crate_maps::get_by_key_relative_index_range,
            crate_maps::get_by_key_relative_index_range_count,
        ),
        110 => args.relative(
            crate_maps::get_by_value_relative_rank_range,
            crate_maps::get_by_value_relative_rank_range_count,
        ),
        _ => Err(unfit("the number of a map operation")),
    }
}

/// The crate leaves out a value that is nil, where the server then takes the order for the value: one entry of several
/// is the same operation.
fn put(args: &mut Arguments) -> Made {
    let (key, value) = (args.value()?, args.value()?);
    let policy = policy(args)?;
    Ok(if matches!(value, Value::Nil) {
        crate_maps::put_items(&policy, args.bin(), IndexMap::from([(key, value)]))
    } else {
        crate_maps::put(&policy, args.bin(), key, value)
    })
}

fn add(
    args: &mut Arguments,
    operation: fn(&MapPolicy, String, Value, Value) -> aerospike::operations::Operation,
) -> Made {
    let (key, by) = (args.value()?, args.value()?);
    Ok(operation(&order_of(args.byte()?), args.bin(), key, by))
}

/// The order of a new map, and the flags of the write.
fn policy(args: &mut Arguments) -> Result<MapPolicy, Error> {
    let order = order_of(args.byte()?);
    Ok(MapPolicy { flags: MapWriteFlags::from_bits(args.byte()?), ..order })
}

const fn order_of(byte: u8) -> MapPolicy {
    let order = match byte & 3 {
        0 => MapOrder::Unordered,
        1 => MapOrder::KeyOrdered,
        _ => MapOrder::KeyValueOrdered,
    };
    MapPolicy { order, flags: MapWriteFlags::DEFAULT, persist_index: byte & PERSISTS_INDEX != 0 }
}
