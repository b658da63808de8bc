use std::sync::Arc;

use aerostride_wire::{BinRead, MAX_BIN_NAME, MAX_OPS};
use thiserror::Error;

use crate::Element;
use crate::code::parse_code;

/// The most fields: each may be a bin that a request names.
const MAX_FIELDS: usize = MAX_OPS;

/// The largest field, in bytes: nothing larger fits in a record of any server.
pub(crate) const MAX_FIELD_BYTES: usize = 128 * 1024 * 1024;

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
    /// The bytes of a cell without a value; zeros when absent.
    pub fill: Option<Box<[u8]>>,
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

    /// How this field reads in messages: `'f4'`, `'f4' with shape [128]`, or `['f4', null]`.
    pub fn describe(&self) -> String {
        let code = match self.element {
            Element::Text(n) | Element::Void(n) => format!("'{}{n}'", self.element.kind()),
            Element::Date(unit) => format!("'datetime64[{}]'", unit.code()),
            Element::List(element) => format!("['{}', null]", element.kind()),
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
    reads: Arc<[BinRead]>,
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
        let reads = fields.iter().map(Field::read).collect();
        Ok(Self { fields, reads })
    }

    /// Gives fields the bytes that a cell without a value holds; fields beyond `fills` keep zeros.
    ///
    /// # Errors
    /// [`DtypeError`] for a field of views, and for bytes of another size than a cell's.
    pub fn with_fills(mut self, fills: Vec<Option<Vec<u8>>>) -> Result<Self, DtypeError> {
        for (position, (field, fill)) in self.fields.iter_mut().zip(fills).enumerate() {
            let Some(fill) = fill else { continue };
            let problem = if field.element.is_view() {
                format!("a cell of {} without a value is empty; it has no fill", field.describe())
            } else if fill.len() != field.size() {
                format!(
                    "the fill has {} bytes, a cell of {} has {}",
                    fill.len(),
                    field.describe(),
                    field.size()
                )
            } else {
                field.fill = Some(fill.into());
                continue;
            };
            return Err(DtypeError { position, name: field.name.clone(), problem });
        }
        Ok(self)
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What a request for all fields reads, in their order.
    pub const fn reads(&self) -> &Arc<[BinRead]> {
        &self.reads
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
        if element.is_view() || matches!(element, Element::Date(_)) {
            return Err(format!("a sub-array of {:?} is not supported; use one field for each", spec.code));
        }
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
        fill: None,
    })
}
