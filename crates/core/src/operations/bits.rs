//! Operations on the bits of blobs, and on HyperLogLogs.

use aerospike::Value;
use aerospike::operations::Operation;
use aerospike::operations::bitwise::{
    self, BitPolicy, BitwiseOverflowActions, BitwiseResizeFlags, BitwiseWriteFlags,
};
use aerospike::operations::hll::{self, HllPolicy, HllWriteFlags};

use super::arguments::{Arguments, Made, unfit};
use crate::Error;

type Binary = fn(String, i64, i64, Value, &BitPolicy) -> Operation;
type Shift = fn(String, i64, i64, i64, &BitPolicy) -> Operation;
type Sum = fn(String, i64, i64, i64, bool, BitwiseOverflowActions, &BitPolicy) -> Operation;

/// The operation on bits of a number of the protocol.
pub(super) fn operation(code: u8, args: &mut Arguments) -> Made {
    Ok(match code {
        0 => {
            let (size, policy) = (args.int()?, policy(args)?);
            let how = BitwiseResizeFlags::from_bits(args.byte()?);
            bitwise::resize(args.bin(), size, how, &policy)
        }
        1 => {
            let (offset, bytes) = (args.int()?, args.value()?);
            bitwise::insert(args.bin(), offset, bytes, &policy(args)?)
        }
        2 => bitwise::remove(args.bin(), args.int()?, args.int()?, &policy(args)?),
        3 => binary(args, bitwise::set)?,
        4 => binary(args, bitwise::or)?,
        5 => binary(args, bitwise::xor)?,
        6 => binary(args, bitwise::and)?,
        7 => bitwise::not(args.bin(), args.int()?, args.int()?, &policy(args)?),
        8 => shift(args, bitwise::lshift)?,
        9 => shift(args, bitwise::rshift)?,
        10 => sum(args, bitwise::add)?,
        11 => sum(args, bitwise::subtract)?,
        12 => shift(args, bitwise::set_int)?,
        50 => bitwise::get(args.bin(), args.int()?, args.int()?),
        51 => bitwise::count(args.bin(), args.int()?, args.int()?),
        52 => bitwise::lscan(args.bin(), args.int()?, args.int()?, args.bool()?),
        53 => bitwise::rscan(args.bin(), args.int()?, args.int()?, args.bool()?),
        54 => bitwise::get_int(args.bin(), args.int()?, args.int()?, args.bool()?),
        _ => return Err(unfit("the number of a bit operation")),
    })
}

fn binary(args: &mut Arguments, operation: Binary) -> Made {
    let (offset, size, bytes) = (args.int()?, args.int()?, args.value()?);
    Ok(operation(args.bin(), offset, size, bytes, &policy(args)?))
}

fn shift(args: &mut Arguments, operation: Shift) -> Made {
    let (offset, size, by) = (args.int()?, args.int()?, args.int()?);
    Ok(operation(args.bin(), offset, size, by, &policy(args)?))
}

/// The last argument is what happens on an overflow, with 1 for signed numbers.
fn sum(args: &mut Arguments, operation: Sum) -> Made {
    let (offset, size, value, policy) = (args.int()?, args.int()?, args.int()?, policy(args)?);
    let how = args.byte()?;
    let action = match how & !1 {
        2 => BitwiseOverflowActions::Saturate,
        4 => BitwiseOverflowActions::Wrap,
        _ => BitwiseOverflowActions::Fail,
    };
    Ok(operation(args.bin(), offset, size, value, how & 1 != 0, action, &policy))
}

fn policy(args: &mut Arguments) -> Result<BitPolicy, Error> {
    Ok(BitPolicy::new(BitwiseWriteFlags::from_bits(args.byte()?)))
}

/// The operation on HyperLogLogs of a number of the protocol.
pub(super) fn hll_operation(code: u8, args: &mut Arguments) -> Made {
    Ok(match code {
        0 => {
            let (index, min_hash) = (args.int()?, args.int()?);
            hll::init_with_min_hash(&hll_policy(args)?, args.bin(), index, min_hash)
        }
        1 => {
            let (values, index, min_hash) = (args.list()?, args.int()?, args.int()?);
            hll::add_with_index_and_min_hash(&hll_policy(args)?, args.bin(), values, index, min_hash)
        }
        2 => {
            let others = hlls(args)?;
            hll::set_union(&hll_policy(args)?, args.bin(), others)
        }
        3 => hll::refresh_count(args.bin()),
        4 => hll::fold(args.bin(), args.int()?),
        50 => hll::get_count(args.bin()),
        51 => hll::get_union(args.bin(), hlls(args)?),
        52 => hll::get_union_count(args.bin(), hlls(args)?),
        53 => hll::get_intersect_count(args.bin(), hlls(args)?),
        54 => hll::get_similarity(args.bin(), hlls(args)?),
        55 => hll::describe(args.bin()),
        _ => return Err(unfit("the number of a HyperLogLog operation")),
    })
}

fn hll_policy(args: &mut Arguments) -> Result<HllPolicy, Error> {
    Ok(HllPolicy::new(HllWriteFlags::from_bits(args.byte()?)))
}

/// Sketches may be given as bytes.
fn hlls(args: &mut Arguments) -> Result<Vec<Value>, Error> {
    let as_hll = |value| if let Value::Blob(bytes) = value { Value::Hll(bytes) } else { value };
    Ok(args.list()?.into_iter().map(as_hll).collect())
}
