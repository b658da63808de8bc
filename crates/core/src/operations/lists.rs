//! Operations on lists.

use aerospike::operations::lists as crate_lists;
use aerospike::{ListOrderType, ListPolicy, ListSortFlags, ListWriteFlags, Value};

use super::arguments::{Arguments, Made, unfit};
use crate::Error;

/// Set in an order: the server keeps the index of the list with the record.
const PERSISTS_INDEX: u8 = 0x10;

/// The operation of a number of the protocol.
pub(super) fn operation(code: u8, args: &mut Arguments) -> Made {
    let bin = |args: &mut Arguments| args.bin();
    Ok(match code {
        0 => set_order(args)?,
        1 => {
            let value = args.value()?;
            crate_lists::append(&policy(args)?, bin(args), value)
        }
        2 => {
            let values = some(args.list()?)?;
            crate_lists::append_items(&policy(args)?, bin(args), values)
        }
        3 => {
            let (index, value) = (args.int()?, args.value()?);
            crate_lists::insert(&flags(args)?, bin(args), index, value)
        }
        4 => {
            let (index, values) = (args.int()?, some(args.list()?)?);
            crate_lists::insert_items(&flags(args)?, bin(args), index, values)
        }
        5 => crate_lists::pop(bin(args), args.int()?),
        6 => range(args, crate_lists::pop_range_from, crate_lists::pop_range)?,
        7 => crate_lists::remove(bin(args), args.int()?),
        8 => range(args, crate_lists::remove_range_from, crate_lists::remove_range)?,
        9 => {
            let (index, value) = (args.int()?, args.value()?);
            if matches!(value, Value::Nil) {
                return Err(unfit("a value other than nil"));
            }
            crate_lists::set_with_policy(&flags(args)?, bin(args), index, value)
        }
        10 => crate_lists::trim(bin(args), args.int()?, args.int()?),
        11 => crate_lists::clear(bin(args)),
        12 => increment(args)?,
        13 => crate_lists::sort(bin(args), ListSortFlags::from_bits(args.byte()?)),
        16 => crate_lists::size(bin(args)),
        17 => crate_lists::get(bin(args), args.int()?),
        18 => range(args, crate_lists::get_range_from, crate_lists::get_range)?,
        _ => return selection(code, args),
    })
}

/// Reads and removals of what they select.
fn selection(code: u8, args: &mut Arguments) -> Made {
    match code {
        19 => args.at(crate_lists::get_by_index),
        21 => args.at(crate_lists::get_by_rank),
        22 => args.equal(crate_lists::get_by_value),
        23 => args.among(crate_lists::get_by_value_list),
        24 => args.from(crate_lists::get_by_index_range, crate_lists::get_by_index_range_count),
        25 => args.between(crate_lists::get_by_value_range),
        26 => args.from(crate_lists::get_by_rank_range, crate_lists::get_by_rank_range_count),
        27 => args.relative(
            crate_lists::get_by_value_relative_rank_range,
            crate_lists::get_by_value_relative_rank_range_count,
        ),
        32 => args.at(crate_lists::remove_by_index),
        34 => args.at(crate_lists::remove_by_rank),
        35 => args.equal(crate_lists::remove_by_value),
        36 => args.among(crate_lists::remove_by_value_list),
        37 => args.from(crate_lists::remove_by_index_range, crate_lists::remove_by_index_range_count),
        38 => args.between(|bin, begin, end, returned| {
            crate_lists::remove_by_value_range(bin, returned, begin, end)
        }),
        39 => args.from(crate_lists::remove_by_rank_range, crate_lists::remove_by_rank_range_count),
        40 => args.relative(
            |bin, value, rank, returned| {
                crate_lists::remove_by_value_relative_rank_range(bin, returned, value, rank)
            },
            |bin, value, rank, count, returned| {
                crate_lists::remove_by_value_relative_rank_range_count(bin, returned, value, rank, count)
            },
        ),
        _ => Err(unfit("the number of a list operation")),
    }
}

fn range(
    args: &mut Arguments,
    all: fn(String, i64) -> aerospike::operations::Operation,
    counted: fn(String, i64, i64) -> aerospike::operations::Operation,
) -> Made {
    let (bin, index) = (args.bin(), args.int()?);
    Ok(match args.int_if_any()? {
        None => all(bin, index),
        Some(count) => counted(bin, index, count),
    })
}

fn set_order(args: &mut Arguments) -> Made {
    let order = args.byte()?;
    let set =
        if order & PERSISTS_INDEX == 0 { crate_lists::set_order } else { crate_lists::set_order_with_index };
    Ok(set(args.bin(), order_of(order)))
}

/// The crate sends an increment by 1 with order and flags, and any other with its flags where the server takes the order.
fn increment(args: &mut Arguments) -> Made {
    let (index, by) = (args.int()?, args.int()?);
    let policy = policy(args)?;
    if by == 1 {
        return Ok(crate_lists::increment_by_one_with_policy(&policy, args.bin(), index));
    }
    if policy.flags != ListWriteFlags::DEFAULT {
        return Err(unfit("no flags beside a number other than 1"));
    }
    let order = ListWriteFlags::from_bits(policy.attributes as u8);
    Ok(crate_lists::increment(&ListPolicy::new(policy.attributes, order), args.bin(), index, by))
}

/// The order of a new list, and the flags of the write.
fn policy(args: &mut Arguments) -> Result<ListPolicy, Error> {
    let order = order_of(args.byte()?);
    Ok(ListPolicy::new(order, ListWriteFlags::from_bits(args.byte()?)))
}

/// The flags of a write that makes no ordered list.
fn flags(args: &mut Arguments) -> Result<ListPolicy, Error> {
    Ok(ListPolicy::new(ListOrderType::Unordered, ListWriteFlags::from_bits(args.byte()?)))
}

const fn order_of(byte: u8) -> ListOrderType {
    if byte & 1 == 0 { ListOrderType::Unordered } else { ListOrderType::Ordered }
}

/// The crate has no operation that adds nothing.
fn some(values: Vec<Value>) -> Result<Vec<Value>, Error> {
    if values.is_empty() { Err(unfit("at least one value")) } else { Ok(values) }
}
