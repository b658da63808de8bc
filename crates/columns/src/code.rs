//! Type codes: what each stands for, and what to use in place of those that are not supported.

use crate::dtype::MAX_FIELD_BYTES;
use crate::{Element, TimeUnit};

const KINDS: &str =
    "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null]";

/// The element that a code stands for.
pub(crate) fn parse_code(code: &str) -> Result<Element, String> {
    match code.strip_prefix('>') {
        Some(plain) => little_endian(code, plain).and(Err(format!(
            "{code:?} is big-endian, which is not supported; use '{plain}', columns are little-endian"
        ))),
        None => little_endian(code, code.strip_prefix(['<', '=', '|']).unwrap_or(code)),
    }
}

/// The element of `plain`, which is `code` without its byte order.
fn little_endian(code: &str, plain: &str) -> Result<Element, String> {
    if let Some(element) = numeric_code(plain) {
        return Ok(*element);
    }
    match plain {
        "utf8" | "str" | "T" => return Ok(Element::Utf8),
        "binary" | "bytes" => return Ok(Element::Binary),
        "any" => return Ok(Element::Any),
        _ => {}
    }
    if let Some(inner) = plain.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
        return list_of(code, inner);
    }
    if let Some(unit) = plain.strip_prefix("datetime64").or_else(|| plain.strip_prefix("M8")) {
        return date(code, unit);
    }
    let mut letters = plain.chars();
    let kind = letters.next();
    let size = letters.as_str();
    match kind {
        Some('S') => sized(code, 'S', size).map(Element::Text),
        Some('V') => sized(code, 'V', size).map(Element::Void),
        _ => Err(refusal(code, plain, kind)),
    }
}

/// The numpy codes, names and single letters of every numeric kind.
fn numeric_code(code: &str) -> Option<&'static Element> {
    Some(match code {
        "i1" | "int8" | "b" | "byte" => &Element::I1,
        "i2" | "int16" | "h" | "short" => &Element::I2,
        "i4" | "int32" | "i" | "intc" => &Element::I4,
        "i8" | "int64" | "q" | "int" | "longlong" => &Element::I8,
        "u1" | "uint8" | "B" | "ubyte" => &Element::U1,
        "u2" | "uint16" | "H" | "ushort" => &Element::U2,
        "u4" | "uint32" | "I" | "uintc" => &Element::U4,
        "u8" | "uint64" | "Q" | "uint" | "ulonglong" => &Element::U8,
        "f2" | "float16" | "e" | "half" => &Element::F2,
        "f4" | "float32" | "f" | "single" => &Element::F4,
        "f8" | "float64" | "d" | "double" | "float" => &Element::F8,
        "?" | "bool" | "bool_" | "b1" => &Element::Bool,
        _ => return None,
    })
}

fn list_of(code: &str, inner: &str) -> Result<Element, String> {
    let element = numeric_code(inner.strip_prefix(['<', '=', '|']).unwrap_or(inner));
    element.map(Element::List).ok_or_else(|| {
        format!(
            "{code:?} is not supported; lists hold numbers, such as ['f4', null]; use 'any' for other lists"
        )
    })
}

fn date(code: &str, unit: &str) -> Result<Element, String> {
    let name = unit.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    let known = TimeUnit::ALL.into_iter().find(|unit| unit.code() == name);
    known.map(Element::Date).ok_or_else(|| match unit {
        "" => format!("{code:?} has no unit; say what the integers count, such as 'datetime64[ms]'"),
        _ => format!(
            "{code:?} has a unit that is not supported; use one of s ms us ns, such as 'datetime64[ms]'"
        ),
    })
}

fn sized(code: &str, kind: char, digits: &str) -> Result<usize, String> {
    let (what, free) = if kind == 'S' { ("text", "utf8") } else { ("bytes", "binary") };
    let plain_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<usize>() {
        Ok(0) => {
            Err(format!("{code:?} has no room for any value; give the {what} a size, such as '{kind}16'"))
        }
        Ok(n) if plain_digits && n <= MAX_FIELD_BYTES => Ok(n),
        _ if digits.is_empty() => Err(format!(
            "{code:?} has no size; use '{free}', which needs none, or give the {what} its largest size in bytes, such as '{kind}16'"
        )),
        _ => Err(format!(
            "{code:?} is not a size; use '{kind}' and a number of bytes from 1 to {MAX_FIELD_BYTES}, such as '{kind}16'"
        )),
    }
}

fn refusal(code: &str, plain: &str, kind: Option<char>) -> String {
    let digits = plain.get(1..).unwrap_or("");
    let sized = digits.bytes().all(|b| b.is_ascii_digit());
    let known = |what: &str, remedy: &str| format!("{code:?} ({what}) is not supported; use {remedy}");
    match (kind, plain) {
        (Some('U'), _) | (_, "str_" | "unicode")
            if sized || plain.starts_with("str") || plain == "unicode" =>
        {
            known(
                "UTF-32 text",
                "'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes",
            )
        }
        (Some('O'), _) | (_, "object" | "object_") if plain.len() == 1 || plain.starts_with("object") => {
            known("Python objects", "'any', which takes every value")
        }
        (Some('m'), _) => known("time spans", "'i8' and store a count of ms or ns"),
        (_, p) if p.starts_with("timedelta64") => known("time spans", "'i8' and store a count of ms or ns"),
        (_, "c") => known("single characters", "'S1'"),
        (Some('c'), _) if sized => known("complex numbers", "a sub-array, ['f8', [2]]"),
        (_, "F" | "D" | "G" | "complex64" | "complex128") => {
            known("complex numbers", "a sub-array, ['f8', [2]]")
        }
        (_, "g" | "f12" | "f16" | "longdouble" | "float96" | "float128") => known("long double", "'f8'"),
        (Some('a'), _) if sized => known("an old name of text", "'S{n}'"),
        _ => format!("{code:?} is not a dtype code; use one of {KINDS}, or a numpy name such as 'float64'"),
    }
}
