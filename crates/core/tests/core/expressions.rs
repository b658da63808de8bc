//! The expression builder of the `aerospike` crate gives the bytes that were recorded, as far as it has the operations.
//! `__test__/expressions.test.ts` says the same of ours, under the same names, so that both give the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use aerospike::expressions::lists::{self, get_by_index as list_at, get_by_value as list_value};
use aerospike::expressions::maps::{self, get_by_key as map_key, get_by_value as map_value};
use aerospike::expressions::{
    ExpType, Expression, LoopVarPart, and, bin_exists, bin_type, bitwise, blob_bin, blob_val, bool_bin,
    bool_val, cond, def, digest_modulo, eq, exp_int_loop_var, exp_let, exp_map_loop_var, exp_modify_by_path,
    exp_remove_result, exp_select_by_path, exp_string_loop_var, float_bin, float_val, ge, geo_bin, gt, hll,
    hll_bin, in_list, infinity, int_and, int_arshift, int_bin, int_count, int_lscan, int_lshift, int_not,
    int_or, int_rscan, int_rshift, int_val, int_xor, is_tombstone, key, key_exists, le, list_bin, list_val,
    lt, map_bin, map_keys, map_values, max, min, ne, nil, not, num_abs, num_add, num_ceil, num_div,
    num_floor, num_log, num_mod, num_mul, num_pow, num_sub, or, record_size, regex_compare, set_name,
    since_update, string_bin, string_val, to_float, to_int, ttl, unknown, var, void_time, xor,
};
use aerospike::operations::cdt_context::{
    ctx_all_children, ctx_all_children_with_filter, ctx_and_filter, ctx_list_index, ctx_map_key,
    ctx_map_keys_in,
};
use aerospike::operations::path::{ModifyFlag, SelectFlag};
use aerospike::{ListReturnType as L, MapReturnType as M, RegexFlags, Value};
use base64::Engine as _;

fn i() -> Expression {
    int_bin("i")
}
fn n() -> Expression {
    int_bin("n")
}
fn f() -> Expression {
    float_bin("f")
}
fn s() -> Expression {
    string_bin("s")
}
fn l() -> Expression {
    list_bin("l")
}
fn m() -> Expression {
    map_bin("m")
}
fn b() -> Expression {
    blob_bin("b")
}
fn h() -> Expression {
    hll_bin("h")
}
fn int(value: i64) -> Expression {
    int_val(value)
}
fn text(value: &str) -> Expression {
    string_val(value)
}
fn ints(values: &[i64]) -> Expression {
    list_val(values.iter().map(|value| Value::from(*value)).collect())
}
fn texts(values: &[&str]) -> Expression {
    list_val(values.iter().map(|value| Value::from(*value)).collect())
}

type Forms = Vec<(&'static str, Expression)>;

fn comparisons() -> Forms {
    vec![
        ("eq_int", eq(i(), int(10))),
        ("ne_int", ne(i(), int(10))),
        ("gt_int", gt(i(), int(5))),
        ("ge_int", ge(i(), int(10))),
        ("lt_int", lt(i(), int(10))),
        ("le_int", le(i(), int(10))),
        ("eq_int_1byte", eq(i(), int(200))),
        ("eq_int_2byte", eq(i(), int(40_000))),
        ("eq_int_4byte", eq(i(), int(3_000_000_000))),
        ("eq_int_neg", eq(n(), int(-7))),
        ("eq_int_neg2", eq(n(), int(-200))),
        ("eq_int_neg_32bit", eq(n(), int(-40_000))),
        ("eq_int_neg_64bit", eq(n(), int(-3_000_000_000))),
        ("gt_int_min", gt(i(), int(i64::MIN))),
        ("eq_float", eq(f(), float_val(2.5))),
        ("gt_float", gt(f(), float_val(0.0))),
        ("eq_str", eq(s(), text("Hello world"))),
        ("lt_str", lt(s(), text("b"))),
        ("eq_str_empty", ne(s(), text(""))),
        ("eq_str_utf8", eq(s(), text("héllo"))),
        ("eq_str_long", eq(s(), text(&"x".repeat(40)))),
        ("eq_str_300", ne(s(), text(&"y".repeat(300)))),
        ("eq_blob", eq(b(), blob_val(vec![1, 2, 3, 255]))),
        ("eq_bool", eq(bool_bin("t"), bool_val(true))),
        ("bool_bin_alone", bool_bin("t")),
        ("bool_const_false", bool_val(false)),
        ("eq_list", eq(l(), ints(&[3, 1, 2, 1]))),
        ("gt_list", gt(l(), ints(&[3]))),
        ("eq_nil", eq(nil(), nil())),
        ("in_list", in_list(i(), ints(&[10, 30]))),
        ("in_list_bin", in_list(int(2), l())),
        ("regex", regex_compare("^Hel+o", RegexFlags::NONE, s())),
        ("regex_icase", regex_compare("WORLD$", RegexFlags::ICASE, s())),
        (
            "regex_extended_icase",
            regex_compare("(hello|abc).*", RegexFlags::EXTENDED | RegexFlags::ICASE, s()),
        ),
    ]
}

fn logic() -> Forms {
    let y = num_add(vec![var("x"), int(2)]);
    vec![
        ("and", and(vec![gt(i(), int(5)), lt(i(), int(15))])),
        ("or", or(vec![eq(i(), int(5)), eq(i(), int(20))])),
        ("not", not(eq(i(), int(10)))),
        ("exclusive", xor(vec![eq(i(), int(10)), eq(s(), text("abc")), eq(i(), int(20))])),
        ("let", exp_let(vec![def("x", num_add(vec![i(), int(1)])), num_mul(vec![var("x"), var("x")])])),
        ("let_two", exp_let(vec![def("x", i()), def("y", y), gt(var("y"), var("x"))])),
        ("cond", cond(vec![gt(i(), int(15)), text("big"), gt(i(), int(7)), text("mid"), text("small")])),
        ("cond_unknown", cond(vec![gt(i(), int(15)), text("big"), unknown()])),
        ("cond_bin_exists", cond(vec![bin_exists("i"), i(), int(-1)])),
        ("unknown", unknown()),
    ]
}

fn numbers() -> Forms {
    vec![
        ("add_int", num_add(vec![i(), int(1)])),
        ("add_3", num_add(vec![i(), n(), int(100)])),
        ("sub_int", num_sub(vec![i(), int(3)])),
        ("sub_one_negates", num_sub(vec![i()])),
        ("mul_int", num_mul(vec![i(), int(-2)])),
        ("div_int", num_div(vec![i(), int(3)])),
        ("add_float", num_add(vec![f(), float_val(0.25)])),
        ("min", min(vec![i(), int_bin("j"), n()])),
        ("max", max(vec![i(), int_bin("j"), n()])),
        ("abs_int", num_abs(n())),
        ("abs_float", num_abs(f())),
        ("floor", num_floor(f())),
        ("ceil", num_ceil(f())),
        ("mod", num_mod(i(), int(3))),
        ("pow", num_pow(f(), float_val(2.0))),
        ("log", num_log(to_float(i()), float_val(10.0))),
        ("to_int", to_int(f())),
        ("to_float", to_float(i())),
        ("int_and", int_and(vec![i(), int(6)])),
        ("int_or", int_or(vec![i(), int(6)])),
        ("int_xor", int_xor(vec![i(), int(6)])),
        ("int_not", int_not(i())),
        ("int_lshift", int_lshift(i(), int(3))),
        ("int_rshift", int_rshift(n(), int(1))),
        ("int_arshift", int_arshift(n(), int(1))),
        ("int_count", int_count(n())),
        ("int_lscan", int_lscan(i(), bool_val(true))),
        ("int_rscan", int_rscan(i(), bool_val(true))),
    ]
}

fn metadata() -> Forms {
    vec![
        ("key_str", eq(key(ExpType::String), text("e0"))),
        ("key_int", eq(key(ExpType::Int), int(42))),
        ("key_blob", eq(key(ExpType::Blob), blob_val(vec![9]))),
        ("key_exists", key_exists()),
        ("set_name", eq(set_name(), text("exq"))),
        ("ttl", ttl()),
        ("void_time", gt(void_time(), int(0))),
        ("since_update", lt(since_update(), int(3_600_000))),
        ("record_size", gt(record_size(), int(200))),
        ("bin_exists", bin_exists("i")),
        ("bin_type", bin_type("i")),
        ("digest_modulo", lt(digest_modulo(3), int(2))),
        ("is_tombstone", not(is_tombstone())),
        ("bin_geo", geo_bin("g")),
        ("bin_hll", h()),
    ]
}

fn list_reads() -> Forms {
    let inside = [ctx_map_key(Value::from("x")), ctx_map_key(Value::from("y"))];
    vec![
        ("list_size", lists::size(l(), &[])),
        ("list_size_nested", lists::size(map_bin("d"), &inside)),
        ("list_get_index", list_at(L::VALUES, ExpType::Int, int(0), l(), &[])),
        ("list_get_index_last", list_at(L::VALUES, ExpType::Int, int(-1), l(), &[])),
        ("list_get_index_str", list_at(L::VALUES, ExpType::String, int(1), list_bin("ls"), &[])),
        ("list_get_index_range", lists::get_by_index_range_count(L::VALUES, int(1), int(2), l(), &[])),
        ("list_get_index_range_end", lists::get_by_index_range(L::VALUES, int(2), l(), &[])),
        ("list_get_value_count", list_value(L::COUNT, int(1), l(), &[])),
        ("list_get_value_index", list_value(L::INDEX, int(1), l(), &[])),
        ("list_get_value_exists", list_value(L::EXISTS, int(2), l(), &[])),
        ("list_get_value_range", lists::get_by_value_range(L::VALUES, Some(int(1)), Some(int(3)), l(), &[])),
        (
            "list_get_value_range_open",
            lists::get_by_value_range(L::COUNT, Some(nil()), Some(infinity()), l(), &[]),
        ),
        ("list_get_value_list", lists::get_by_value_list(L::VALUES, ints(&[1, 3]), l(), &[])),
        ("list_get_value_inverted", list_value(L::VALUES.inverted(), int(1), l(), &[])),
        ("list_get_rank", lists::get_by_rank(L::VALUES, ExpType::Int, int(-1), l(), &[])),
        ("list_get_rank_range", lists::get_by_rank_range_count(L::VALUES, int(0), int(2), l(), &[])),
        ("list_get_reverse_rank", list_value(L::REVERSE_RANK, int(3), l(), &[])),
        ("list_rel_rank", lists::get_by_value_relative_rank_range(L::VALUES, int(2), int(0), l(), &[])),
        (
            "list_rel_rank_count",
            lists::get_by_value_relative_rank_range_count(L::VALUES, int(2), int(-1), int(2), l(), &[]),
        ),
    ]
}

fn map_reads() -> Forms {
    let range = |returned| maps::get_by_key_range(returned, Some(text("a")), Some(text("c")), m(), &[]);
    vec![
        ("map_size", maps::size(m(), &[])),
        ("map_keys", map_keys(m())),
        ("map_values", map_values(m())),
        ("map_get_key", map_key(M::VALUE, ExpType::Int, text("a"), m(), &[])),
        ("map_get_key_exists", map_key(M::EXISTS, ExpType::Bool, text("a"), m(), &[])),
        (
            "map_get_key_nested",
            map_key(M::VALUE, ExpType::List, text("y"), map_bin("d"), &[ctx_map_key(Value::from("x"))]),
        ),
        ("map_get_key_range", range(M::VALUE)),
        ("map_get_key_kv", range(M::KEY_VALUE)),
        ("map_get_key_range_ordered_map", range(M::ORDERED_MAP)),
        ("map_get_key_list", maps::get_by_key_list(M::KEY, texts(&["a", "c"]), m(), &[])),
        (
            "map_get_key_rel_index_count",
            maps::get_by_key_relative_index_range_count(M::KEY, text("b"), int(0), int(1), m(), &[]),
        ),
        ("map_get_value", map_value(M::KEY, int(2), m(), &[])),
        ("map_get_value_exists", map_value(M::EXISTS, int(2), m(), &[])),
        ("map_get_value_range", maps::get_by_value_range(M::COUNT, Some(int(1)), Some(int(3)), m(), &[])),
        ("map_get_value_list", maps::get_by_value_list(M::KEY, ints(&[1, 3]), m(), &[])),
        ("map_get_index", maps::get_by_index(M::VALUE, ExpType::Int, int(0), m(), &[])),
        ("map_get_index_range", maps::get_by_index_range_count(M::KEY, int(0), int(2), m(), &[])),
        ("map_get_rank", maps::get_by_rank(M::KEY, ExpType::String, int(-1), m(), &[])),
        ("map_get_rank_range_end", maps::get_by_rank_range(M::VALUE, int(1), m(), &[])),
    ]
}

fn bit_and_sketch_reads() -> Forms {
    let scan = |way: fn(Expression, Expression, Expression, Expression) -> Expression| {
        way(int(0), int(32), bool_val(true), b())
    };
    vec![
        ("bit_get", bitwise::get(int(8), int(8), b())),
        ("bit_count", bitwise::count(int(0), int(32), b())),
        ("bit_lscan", scan(bitwise::lscan)),
        ("bit_rscan", scan(bitwise::rscan)),
        // Of an integer without a sign the crate leaves the flags out, which are 0 in the recorded bytes.
        ("bit_get_int_signed", bitwise::get_int(int(24), int(8), true, b())),
        ("hll_count", hll::get_count(h())),
        ("hll_describe", hll::describe(h())),
        ("hll_may_contain", hll::may_contain(texts(&["v1"]), h())),
    ]
}

fn paths() -> Forms {
    let store = || map_bin("store");
    let list = || list_bin("list");
    let book = || ctx_map_key("book".into());
    let key = |key: &str| ctx_map_key(key.into());
    let value = || exp_int_loop_var(LoopVarPart::VALUE);
    let price = map_key(M::VALUE, ExpType::Float, text("price"), exp_map_loop_var(LoopVarPart::VALUE), &[]);
    let cheap = ctx_all_children_with_filter(lt(price, float_val(10.0)));
    let select = |flag, of, path: &[_]| exp_select_by_path(ExpType::List, flag, of, path);
    let n = [book(), ctx_all_children(), key("n")];
    vec![
        ("values", select(SelectFlag::VALUE, store(), &[book(), ctx_all_children(), key("price")])),
        ("filtered", select(SelectFlag::VALUE, store(), &[book(), cheap.clone(), key("title")])),
        (
            "tree",
            exp_select_by_path(
                ExpType::Map,
                SelectFlag::MATCHING_TREE,
                store(),
                &[book(), cheap, ctx_map_keys_in(["n", "title"])],
            ),
        ),
        (
            "keys",
            select(
                SelectFlag::MAP_KEY | SelectFlag::NO_FAIL,
                store(),
                &[ctx_all_children_with_filter(eq(exp_string_loop_var(LoopVarPart::MAP_KEY), text("n")))],
            ),
        ),
        (
            "entries",
            select(
                SelectFlag::MAP_KEY_VALUE,
                store(),
                &[book(), ctx_list_index(0), key("n"), ctx_and_filter(gt(value(), int(0)))],
            ),
        ),
        (
            "indexes",
            select(
                SelectFlag::VALUE,
                list(),
                &[ctx_all_children_with_filter(gt(exp_int_loop_var(LoopVarPart::INDEX), int(1)))],
            ),
        ),
        (
            "modified",
            select(
                SelectFlag::VALUE,
                exp_modify_by_path(
                    ExpType::Map,
                    ModifyFlag::DEFAULT,
                    store(),
                    num_mul(vec![value(), int(10)]),
                    &n,
                ),
                &n,
            ),
        ),
        (
            "lenient",
            exp_modify_by_path(
                ExpType::List,
                ModifyFlag::NO_FAIL,
                list(),
                num_add(vec![value(), int(1)]),
                &[ctx_all_children()],
            ),
        ),
        (
            "removed",
            exp_modify_by_path(
                ExpType::List,
                ModifyFlag::NO_FAIL,
                list(),
                exp_remove_result(),
                &[ctx_all_children_with_filter(gt(value(), int(2)))],
            ),
        ),
    ]
}

/// What was recorded in a file.
fn captures(name: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The recorded bytes by name, without those of another client of the same name.
fn recorded() -> BTreeMap<String, String> {
    let captures = captures("expressions.json");
    let mut found = BTreeMap::new();
    for entry in captures["entries"].as_array().unwrap() {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        found.entry(text("name")).or_insert_with(|| text("wire"));
    }
    found
}

fn hex(expression: &Expression) -> String {
    let base64 = expression.base64().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_crate_builds_the_recorded_bytes() {
    let recorded = recorded();
    let forms: Forms =
        [comparisons(), logic(), numbers(), metadata(), list_reads(), map_reads(), bit_and_sketch_reads()]
            .into_iter()
            .flatten()
            .collect();
    assert!(forms.len() > 130, "{}", forms.len());
    let differing: Vec<_> = forms
        .iter()
        .filter(|(name, form)| recorded[*name] != hex(form))
        .map(|(name, form)| format!("{name}: {} recorded, {} built", recorded[*name], hex(form)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn the_crate_builds_the_bytes_of_our_paths() {
    let recorded = captures("path-expressions.json");
    for (name, form) in paths() {
        assert_eq!(hex(&form), recorded["forms"][name], "{name}");
    }
    assert_eq!(recorded["forms"].as_object().unwrap().len(), paths().len());
}
