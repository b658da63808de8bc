//! Operations on the insides of lists and maps, with the `aerospike` crate as the client.

use std::collections::BTreeMap;

use crate::support::{client, server};
use aerospike::operations::cdt_context::{ctx_list_index, ctx_map_key, ctx_map_key_create};
use aerospike::operations::{lists, maps};
use aerospike::{
    BasePolicy, Bin, Client, Key, ListOrderType, ListPolicy, ListReturnType as ListGives, ListSortFlags,
    ListWriteFlags, MapPolicy, MapReturnType as MapGives, MapWriteFlags, ResultCode, Value, WritePolicy,
    as_key,
    operations::{MapOrder, Operation},
};

fn int(value: i64) -> Value {
    Value::from(value)
}

fn ints(values: &[i64]) -> Value {
    Value::List(values.iter().map(|value| int(*value)).collect())
}

async fn fresh(client: &Client, bins: &[Bin]) -> Key {
    let key = as_key!("test", "inside", 1);
    client.delete(&WritePolicy::default(), &key).await.unwrap();
    client.put(&WritePolicy::default(), &key, bins).await.unwrap();
    key
}

/// The answer of the last of these operations on a bin.
async fn last(client: &Client, key: &Key, ops: Vec<Operation>) -> Result<Value, Option<ResultCode>> {
    // A debug build on a busy machine is slow with long lists.
    let base_policy = BasePolicy { total_timeout: 30_000, socket_timeout: 30_000, ..BasePolicy::default() };
    let policy = WritePolicy { base_policy, ..WritePolicy::default() };
    let record = client.operate(&policy, key, &ops).await.map_err(|error| error.server_result_code())?;
    Ok(record.results.unwrap().pop().unwrap())
}

#[tokio::test]
async fn lists_are_changed_and_read_in_place() {
    let server = server();
    let client = client(&server).await;
    let plain = ListPolicy::default();
    let unique = ListPolicy { flags: ListWriteFlags::ADD_UNIQUE, ..ListPolicy::default() };
    let bounded = ListPolicy { flags: ListWriteFlags::INSERT_BOUNDED, ..ListPolicy::default() };
    let b = "b";
    // What is done to [3, 1, 2, 1], what it answers, and what is left.
    let cases: Vec<(Operation, Value, Value)> = vec![
        (lists::append(&plain, b, int(9)), int(5), ints(&[3, 1, 2, 1, 9])),
        (lists::append_items(&plain, b, vec![int(8), int(9)]), int(6), ints(&[3, 1, 2, 1, 8, 9])),
        (lists::insert(&plain, b, 1, int(7)), int(5), ints(&[3, 7, 1, 2, 1])),
        (lists::insert_items(&plain, b, -1, vec![int(7), int(8)]), int(6), ints(&[3, 1, 2, 7, 8, 1])),
        (lists::pop(b, -1), int(1), ints(&[3, 1, 2])),
        (lists::pop_range(b, 1, 2), ints(&[1, 2]), ints(&[3, 1])),
        (lists::remove(b, 0), int(1), ints(&[1, 2, 1])),
        (lists::remove_range_from(b, 2), int(2), ints(&[3, 1])),
        (lists::set(b, 1, int(5)), Value::Nil, ints(&[3, 5, 2, 1])),
        (lists::trim(b, 1, 2), int(2), ints(&[1, 2])),
        (lists::clear(b), Value::Nil, ints(&[])),
        (lists::increment(&plain, b, 2, 40), int(42), ints(&[3, 1, 42, 1])),
        (lists::sort(b, ListSortFlags::DROP_DUPLICATES), Value::Nil, ints(&[1, 2, 3])),
        (lists::remove_by_value(b, int(1), ListGives::COUNT), int(2), ints(&[3, 2])),
        (lists::remove_by_rank(b, -1, ListGives::VALUES), int(3), ints(&[1, 2, 1])),
        (lists::size(b), int(4), ints(&[3, 1, 2, 1])),
        (lists::get(b, 2), int(2), ints(&[3, 1, 2, 1])),
        (lists::get_range(b, 1, 2), ints(&[1, 2]), ints(&[3, 1, 2, 1])),
        (lists::get_by_value(b, int(1), ListGives::INDEX), ints(&[1, 3]), ints(&[3, 1, 2, 1])),
        (lists::get_by_value(b, int(1), ListGives::VALUES.inverted()), ints(&[3, 2]), ints(&[3, 1, 2, 1])),
        (lists::get_by_rank(b, 2, ListGives::VALUES), int(2), ints(&[3, 1, 2, 1])),
        (lists::get_by_index(b, 0, ListGives::RANK), int(3), ints(&[3, 1, 2, 1])),
        (lists::get_by_value_range(b, int(2), int(9), ListGives::VALUES), ints(&[3, 2]), ints(&[3, 1, 2, 1])),
        (lists::get_by_value(b, int(7), ListGives::EXISTS), Value::from(false), ints(&[3, 1, 2, 1])),
    ];
    for (operation, answer, left) in cases {
        let key = fresh(&client, &[Bin::new(b, ints(&[3, 1, 2, 1]))]).await;
        let name = format!("{operation:?}");
        assert_eq!(last(&client, &key, vec![operation]).await, Ok(answer), "{name}");
        let whole = last(&client, &key, vec![operations_get(b)]).await;
        assert_eq!(whole, Ok(left), "{name}");
    }
    let refused: Vec<(Operation, ResultCode)> = vec![
        (lists::append(&unique, b, int(2)), ResultCode::ElementExists),
        (lists::insert(&bounded, b, 9, int(2)), ResultCode::OpNotApplicable),
        (lists::get(b, 9), ResultCode::OpNotApplicable),
        (maps::size(b), ResultCode::BinTypeError),
    ];
    for (operation, code) in refused {
        let key = fresh(&client, &[Bin::new(b, ints(&[3, 1, 2, 1]))]).await;
        assert_eq!(last(&client, &key, vec![operation]).await, Err(Some(code)));
    }
}

fn operations_get(bin: &str) -> Operation {
    aerospike::operations::get_bin(bin)
}

#[tokio::test]
async fn an_ordered_list_stays_in_order() {
    let server = server();
    let client = client(&server).await;
    let key = fresh(&client, &[Bin::new("x", int(1))]).await;
    let ordered = ListPolicy { attributes: ListOrderType::Ordered, ..ListPolicy::default() };
    let ops = [5, 1, 3].map(|value| lists::append(&ordered, "new", int(value))).to_vec();
    assert_eq!(last(&client, &key, ops).await, Ok(int(3)));
    assert_eq!(last(&client, &key, vec![operations_get("new")]).await, Ok(ints(&[1, 3, 5])));
    let insert = lists::insert(&ListPolicy::default(), "new", 0, int(9));
    assert_eq!(last(&client, &key, vec![insert]).await, Err(Some(ResultCode::OpNotApplicable)));
}

fn map(pairs: &[(&str, i64)]) -> Value {
    Value::SortedMap(
        pairs.iter().map(|(key, value)| (Value::from(*key), int(*value))).collect::<BTreeMap<_, _>>(),
    )
}

#[tokio::test]
async fn maps_are_changed_and_read_in_place() {
    let server = server();
    let client = client(&server).await;
    let policy = |flags| MapPolicy { order: MapOrder::KeyOrdered, flags, ..MapPolicy::default() };
    let plain = policy(MapWriteFlags::DEFAULT);
    let b = "b";
    let text = Value::from;
    let start = [("a", 3), ("b", 1), ("c", 2)];
    let cases: Vec<(Operation, Value, Value)> = vec![
        (maps::put(&plain, b, text("d"), int(9)), int(4), map(&[("a", 3), ("b", 1), ("c", 2), ("d", 9)])),
        (maps::put(&plain, b, text("a"), int(9)), int(3), map(&[("a", 9), ("b", 1), ("c", 2)])),
        (maps::increment_value(&plain, b, text("b"), int(4)), int(5), map(&[("a", 3), ("b", 5), ("c", 2)])),
        (
            maps::decrement_value(&plain, b, text("z"), int(4)),
            int(-4),
            map(&[("a", 3), ("b", 1), ("c", 2), ("z", -4)]),
        ),
        (maps::remove_by_key(b, text("a"), MapGives::VALUE), int(3), map(&[("b", 1), ("c", 2)])),
        (
            maps::remove_by_key_list(b, vec![text("a"), text("x"), text("c")], MapGives::COUNT),
            int(2),
            map(&[("b", 1)]),
        ),
        (maps::remove_by_rank(b, 0, MapGives::KEY), text("b"), map(&[("a", 3), ("c", 2)])),
        (maps::size(b), int(3), map(&start)),
        (maps::get_by_key(b, text("c"), MapGives::VALUE), int(2), map(&start)),
        (maps::get_by_key(b, text("x"), MapGives::VALUE), Value::Nil, map(&start)),
        (maps::get_by_key(b, text("x"), MapGives::EXISTS), Value::from(false), map(&start)),
        (maps::get_by_key(b, text("a"), MapGives::RANK), int(2), map(&start)),
        (maps::get_by_index(b, -1, MapGives::KEY), text("c"), map(&start)),
        (maps::get_by_rank(b, -1, MapGives::VALUE), int(3), map(&start)),
        (maps::get_by_key_range(b, text("b"), Value::Nil, MapGives::COUNT), int(2), map(&start)),
        (
            maps::get_by_value_range(b, int(2), int(9), MapGives::KEY),
            Value::List(vec![text("a"), text("c")]),
            map(&start),
        ),
        (maps::get_by_rank_range_from(b, 1, MapGives::VALUE), ints(&[2, 3]), map(&start)),
    ];
    for (operation, answer, left) in cases {
        let key = fresh(&client, &[Bin::new(b, map(&start))]).await;
        let name = format!("{operation:?}");
        assert_eq!(last(&client, &key, vec![operation]).await, Ok(answer), "{name}");
        assert_eq!(last(&client, &key, vec![operations_get(b)]).await, Ok(left), "{name}");
    }
    let refused: Vec<(Operation, ResultCode)> = vec![
        (maps::put(&policy(MapWriteFlags::CREATE_ONLY), b, text("a"), int(1)), ResultCode::ElementExists),
        (maps::put(&policy(MapWriteFlags::UPDATE_ONLY), b, text("x"), int(1)), ResultCode::ElementNotFound),
        (lists::size(b), ResultCode::BinTypeError),
    ];
    for (operation, code) in refused {
        let key = fresh(&client, &[Bin::new(b, map(&start))]).await;
        assert_eq!(last(&client, &key, vec![operation]).await, Err(Some(code)));
    }
}

#[tokio::test]
async fn expressions_are_read_and_written() {
    use aerospike::expressions as exp;
    use aerospike::operations::exp::{ExpReadFlags, ExpWriteFlags, read_exp, write_exp};
    let server = server();
    let client = client(&server).await;
    let key = fresh(&client, &[Bin::new("a", int(40)), Bin::new("l", ints(&[1, 2, 3]))]).await;
    let sum = || exp::num_add(vec![exp::int_bin("a"), exp::int_val(2)]);
    let unknown = || exp::int_bin("none");
    let read = |exp, flags| read_exp("answer", exp, flags);
    let write = |exp, flags| write_exp("b", exp, flags);
    assert_eq!(last(&client, &key, vec![read(sum(), ExpReadFlags::DEFAULT)]).await, Ok(int(42)));
    let size = exp::lists::size(exp::list_bin("l"), &[]);
    assert_eq!(last(&client, &key, vec![read(size, ExpReadFlags::DEFAULT)]).await, Ok(int(3)));
    assert_eq!(last(&client, &key, vec![read(unknown(), ExpReadFlags::EVAL_NO_FAIL)]).await, Ok(Value::Nil));
    let failed = last(&client, &key, vec![read(unknown(), ExpReadFlags::DEFAULT)]).await;
    assert_eq!(failed, Err(Some(ResultCode::OpNotApplicable)));

    // What an expression sees is what the ops before it have left.
    let ops = vec![
        write(sum(), ExpWriteFlags::DEFAULT),
        read(exp::num_mul(vec![exp::int_bin("b"), exp::int_val(2)]), ExpReadFlags::DEFAULT),
    ];
    assert_eq!(last(&client, &key, ops).await, Ok(int(84)));
    assert_eq!(last(&client, &key, vec![operations_get("b")]).await, Ok(int(42)));
    let again = last(&client, &key, vec![write(sum(), ExpWriteFlags::CREATE_ONLY)]).await;
    assert_eq!(again, Err(Some(ResultCode::BinExistsError)));
    let delete = vec![write(exp::nil(), ExpWriteFlags::ALLOW_DELETE), operations_get("b")];
    assert_eq!(last(&client, &key, delete).await, Ok(Value::Nil));
}

#[tokio::test]
async fn calls_inside_of_calls_do_not_fill_the_memory() {
    use aerospike::expressions as exp;
    use aerospike::operations::exp::{ExpReadFlags, read_exp};
    let server = server();
    let client = client(&server).await;
    let key = fresh(&client, &[Bin::new("l", ints(&[1, 2, 3, 4]))]).await;
    let doubled = |levels: usize| {
        let definitions = (1..=levels).map(|level| {
            let before = if level == 1 { exp::list_bin("l") } else { exp::var(format!("v{}", level - 1)) };
            let twice = exp::lists::append_items(ListPolicy::default(), before.clone(), before, &[]);
            exp::def(format!("v{level}"), twice)
        });
        let size = exp::lists::size(exp::var(format!("v{levels}")), &[]);
        exp::exp_let(definitions.chain([size]).collect())
    };
    let read = |levels| vec![read_exp("size", doubled(levels), ExpReadFlags::DEFAULT)];
    assert_eq!(last(&client, &key, read(10)).await, Ok(int(4096)));
    assert_eq!(last(&client, &key, read(60)).await, Err(Some(ResultCode::OpNotApplicable)));
}

#[tokio::test]
async fn contexts_lead_into_nested_lists_and_maps() {
    let server = server();
    let client = client(&server).await;
    let key = fresh(&client, &[Bin::new("b", Value::List(vec![int(1), map(&[("x", 1)])]))]).await;
    let nested = || vec![ctx_list_index(1)];
    let put = maps::put(&MapPolicy::default(), "b", Value::from("y"), int(2)).context(nested());
    assert_eq!(last(&client, &key, vec![put]).await, Ok(int(2)));
    let deep = vec![ctx_list_index(1), ctx_map_key_create(Value::from("new"), MapOrder::KeyOrdered)];
    let put = maps::put(&MapPolicy::default(), "b", Value::from("z"), int(3)).context(deep);
    assert_eq!(last(&client, &key, vec![put]).await, Ok(int(1)));
    let read = maps::get_by_key("b", Value::from("z"), MapGives::VALUE)
        .context(vec![ctx_list_index(1), ctx_map_key(Value::from("new"))]);
    assert_eq!(last(&client, &key, vec![read]).await, Ok(int(3)));
    let nowhere = maps::size("b").context(vec![ctx_list_index(7)]);
    assert_eq!(last(&client, &key, vec![nowhere]).await, Err(Some(ResultCode::OpNotApplicable)));
}
