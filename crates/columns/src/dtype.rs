use aerostride_wire::{BinRead, MAX_BIN_NAME};
use thiserror::Error;

/// The most fields: a batch request counts its bins in 16 bits.
const MAX_FIELDS: usize = u16::MAX as usize;

/// The largest field, in bytes: nothing larger fits in a record of any server.
const MAX_FIELD_BYTES: usize = 128 * 1024 * 1024;

/// The kind of one element of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are numpy's own")]
pub enum Element {
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
    F2,
    F4,
    F8,
    /// `?`: one byte, 0 or 1.
    Bool,
    /// `S{n}`: n bytes of text, padded with zeros.
    Text(usize),
    /// `V{n}`: n raw bytes.
    Void(usize),
}

impl Element {
    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Self::I1 | Self::U1 | Self::Bool => 1,
            Self::I2 | Self::U2 | Self::F2 => 2,
            Self::I4 | Self::U4 | Self::F4 => 4,
            Self::I8 | Self::U8 | Self::F8 => 8,
            Self::Text(n) | Self::Void(n) => n,
        }
    }

    /// Alignment in a C struct: the size of numbers, 1 for bytes.
    pub const fn alignment(self) -> usize {
        match self {
            Self::Text(_) | Self::Void(_) => 1,
            number => number.size(),
        }
    }

    /// The code without size: `i1` to `f8`, `?`, `S`, `V`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::I1 => "i1",
            Self::I2 => "i2",
            Self::I4 => "i4",
            Self::I8 => "i8",
            Self::U1 => "u1",
            Self::U2 => "u2",
            Self::U4 => "u4",
            Self::U8 => "u8",
            Self::F2 => "f2",
            Self::F4 => "f4",
            Self::F8 => "f8",
            Self::Bool => "?",
            Self::Text(_) => "S",
            Self::Void(_) => "V",
        }
    }

    /// The code as numpy's `dtype.descr` writes it, such as `<f8`, `|u1`, `|b1` or `|S32`.
    pub fn descr(self) -> String {
        match self {
            Self::Bool => "|b1".into(),
            Self::Text(n) => format!("|S{n}"),
            Self::Void(n) => format!("|V{n}"),
            Self::I1 | Self::U1 => format!("|{}", self.kind()),
            wide => format!("<{}", wide.kind()),
        }
    }

    /// Whether elements of this kind can form a sub-array.
    const fn is_numeric(self) -> bool {
        !matches!(self, Self::Text(_) | Self::Void(_))
    }
}

/// A field as the user wrote it.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec<'a> {
    /// Bin name.
    pub name: &'a str,
    /// Type code.
    pub code: &'a str,
    /// Dimensions of a sub-array; empty for a scalar.
    pub shape: &'a [usize],
}

/// A field of a dtype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Bin name, exactly.
    pub name: String,
    /// Kind of its elements.
    pub element: Element,
    /// Dimensions of a sub-array; empty for a scalar.
    pub shape: Vec<usize>,
    /// Elements per row: the product of the shape, 1 for a scalar.
    pub count: usize,
    /// What it is read from, where that is not the bin of its name.
    pub source: Option<BinRead>,
}

impl Field {
    /// The name under which its value comes.
    pub fn wire_name(&self) -> &str {
        self.source.as_ref().map_or(&self.name, |source| &source.name)
    }

    /// What a request reads for it.
    pub fn read(&self) -> BinRead {
        self.source.clone().unwrap_or_else(|| self.name.clone().into())
    }

    /// Bytes of one row of this field.
    pub const fn size(&self) -> usize {
        self.element.size() * self.count
    }

    /// Whether a row holds several elements, even if their number is one.
    pub const fn is_array(&self) -> bool {
        !self.shape.is_empty()
    }

    /// How this field reads in messages: `'f4'`, or `'f4' with shape [128]`.
    pub fn describe(&self) -> String {
        let code = match self.element {
            Element::Text(n) | Element::Void(n) => format!("'{}{n}'", self.element.kind()),
            _ => format!("'{}'", self.element.kind()),
        };
        if self.is_array() { format!("{code} with shape {:?}", self.shape) } else { code }
    }
}

/// A dtype that cannot be: which field, what is wrong, what to use instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("dtype field {position} {name:?}: {problem}")]
pub struct DtypeError {
    /// Position of the field, from 0.
    pub position: usize,
    /// Name of the field.
    pub name: String,
    /// What is wrong, and the remedy.
    pub problem: String,
}

/// A parsed schema: fields in the order of the user's literal, which is the order of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dtype {
    fields: Vec<Field>,
}

impl Dtype {
    /// Parses a list of fields.
    ///
    /// # Errors
    /// [`DtypeError`] for the first field with an unsupported code, a bad shape, or a name that is empty, doubled or
    /// over 15 bytes.
    pub fn parse(specs: &[FieldSpec<'_>]) -> Result<Self, DtypeError> {
        Self::parse_with_sources(specs, Vec::new())
    }

    /// Parses a list of fields, of which some are read from elsewhere. Fields beyond `sources` are read from their bins.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); the names of fields that are read from elsewhere may be longer.
    pub fn parse_with_sources(
        specs: &[FieldSpec<'_>],
        sources: Vec<Option<BinRead>>,
    ) -> Result<Self, DtypeError> {
        let mut sources = sources.into_iter();
        let mut seen = std::collections::HashMap::with_capacity(specs.len());
        let mut fields = Vec::with_capacity(specs.len());
        for (position, spec) in specs.iter().enumerate() {
            let error = |problem| DtypeError { position, name: spec.name.to_owned(), problem };
            if position == MAX_FIELDS {
                return Err(error(format!(
                    "a request can name {MAX_FIELDS} bins; read the others in another batch"
                )));
            }
            let source = sources.next().flatten();
            match &source {
                None => check_name(spec.name).map_err(error)?,
                Some(read) => {
                    check_field_name(spec.name).map_err(error)?;
                    check_name(&read.name).map_err(error)?;
                }
            }
            if let Some(first) = seen.insert(spec.name, position) {
                return Err(error(format!(
                    "the name is already field {first}; every bin can be a field once"
                )));
            }
            fields.push(Field { source, ..parse_field(spec).map_err(error)? });
        }
        Ok(Self { fields })
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

/// The longest name of a field that is read from elsewhere.
const MAX_FIELD_NAME: usize = 255;

fn check_field_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MAX_FIELD_NAME {
        return Err(format!("the name has {} bytes; field names have 1 to {MAX_FIELD_NAME}", name.len()));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the name is empty; field names are bin names of 1 to 15 bytes".into());
    }
    if name.len() > MAX_BIN_NAME {
        return Err(format!(
            "the name has {} bytes; bin names have at most {MAX_BIN_NAME}, use the bin's own name",
            name.len()
        ));
    }
    Ok(())
}

fn parse_field(spec: &FieldSpec<'_>) -> Result<Field, String> {
    let element = parse_code(spec.code)?;
    if !spec.shape.is_empty() && !element.is_numeric() {
        return Err(format!(
            "a sub-array of {:?} is not supported; use one 'V{{n}}' field for all its bytes, or a numeric sub-array",
            spec.code
        ));
    }
    if let Some(axis) = spec.shape.iter().position(|&dim| dim == 0) {
        return Err(format!("shape {:?} has a 0 at axis {axis}; every dimension is at least 1", spec.shape));
    }
    let count = spec.shape.iter().try_fold(1_usize, |product, &dim| product.checked_mul(dim));
    match count.and_then(|count| count.checked_mul(element.size())) {
        Some(bytes) if bytes <= MAX_FIELD_BYTES => {}
        _ => {
            return Err(format!(
                "{:?} with shape {:?} is larger than {MAX_FIELD_BYTES} bytes, which no record can hold",
                spec.code, spec.shape
            ));
        }
    }
    Ok(Field {
        name: spec.name.to_owned(),
        element,
        shape: spec.shape.to_vec(),
        count: count.unwrap_or(1),
        source: None,
    })
}

const KINDS: &str = "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n}";

fn parse_code(code: &str) -> Result<Element, String> {
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
        return Ok(element);
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
fn numeric_code(code: &str) -> Option<Element> {
    Some(match code {
        "i1" | "int8" | "b" | "byte" => Element::I1,
        "i2" | "int16" | "h" | "short" => Element::I2,
        "i4" | "int32" | "i" | "intc" => Element::I4,
        "i8" | "int64" | "q" | "int" | "longlong" => Element::I8,
        "u1" | "uint8" | "B" | "ubyte" => Element::U1,
        "u2" | "uint16" | "H" | "ushort" => Element::U2,
        "u4" | "uint32" | "I" | "uintc" => Element::U4,
        "u8" | "uint64" | "Q" | "uint" | "ulonglong" => Element::U8,
        "f2" | "float16" | "e" | "half" => Element::F2,
        "f4" | "float32" | "f" | "single" => Element::F4,
        "f8" | "float64" | "d" | "double" | "float" => Element::F8,
        "?" | "bool" | "bool_" | "b1" => Element::Bool,
        _ => return None,
    })
}

fn sized(code: &str, kind: char, digits: &str) -> Result<usize, String> {
    let what = if kind == 'S' { "text" } else { "bytes" };
    let plain_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<usize>() {
        Ok(0) => {
            Err(format!("{code:?} has no room for any value; give the {what} a size, such as '{kind}16'"))
        }
        Ok(n) if plain_digits && n <= MAX_FIELD_BYTES => Ok(n),
        _ if digits.is_empty() => Err(format!(
            "{code:?} has no size; give the {what} its largest size in bytes, such as '{kind}16'"
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
        (Some('U'), _) | (_, "str" | "str_" | "unicode")
            if sized || plain.starts_with("str") || plain == "unicode" =>
        {
            known("UTF-32 text", "'S{n}' with the largest UTF-8 size in bytes")
        }
        (Some('O'), _) | (_, "object" | "object_") if plain.len() == 1 || plain.starts_with("object") => {
            known("Python objects", "'S{n}', 'V{n}' or a number, or read without a dtype")
        }
        (Some('M'), _) => known("dates", "'i8' and store a count of ms or ns since 1970"),
        (_, p) if p.starts_with("datetime64") => {
            known("dates", "'i8' and store a count of ms or ns since 1970")
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
