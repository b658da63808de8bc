use std::cell::RefCell;
use std::sync::Arc;

use aerostride_columns::{Dtype, Element, Field, FieldSpec, Layout, LayoutKind, Placement, Plan};
use aerostride_core::BinRead;
use napi::Env;
use napi::bindgen_prelude::{External, Result, Uint8Array};
use napi_derive::napi;

use crate::error::{Checked, invalid, out_of_range, thrown};

/// A field as the user wrote it.
#[napi(object, object_to_js = false)]
pub struct NativeField {
    /// Bin name.
    pub name: String,
    /// Type code.
    pub code: String,
    /// Dimensions; empty for a scalar.
    pub shape: Vec<u32>,
    /// What it is read from, where that is not the bin of its name.
    pub from: Option<NativeBinRead>,
    /// The bytes of a cell without a value; zeros when absent.
    pub fill: Option<Uint8Array>,
}

/// What is read under a name: a bin, or what an expression makes of the record.
#[napi(object, object_to_js = false)]
pub struct NativeBinRead {
    /// The bin, or the name under which the result comes.
    pub name: String,
    /// The value of an expression read; none for the bin itself.
    pub expression: Option<Uint8Array>,
    /// Whether the result is a list, and the value is its first element.
    pub in_list: bool,
}

impl From<&NativeBinRead> for BinRead {
    fn from(read: &NativeBinRead) -> Self {
        let expression = read.expression.as_ref().map(|value| value.to_vec());
        Self { name: read.name.clone(), expression, in_list: read.in_list }
    }
}

/// A parsed field.
#[napi(object)]
pub struct NativeFieldInfo {
    /// Bin name.
    pub name: String,
    /// See `Kind` in `src/kinds/kinds.ts`.
    #[napi(
        ts_type = "'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | '?' | 'S' | 'V' | 'M8' | 'utf8' | 'binary' | 'any' | 'list'"
    )]
    pub kind: String,
    /// Bytes of one element.
    pub itemsize: u32,
    /// Dimensions; empty for a scalar.
    pub shape: Vec<u32>,
    /// Elements per row.
    pub count: u32,
    /// numpy's descr of one element.
    pub descr: String,
    /// Of a list: the kind of its elements.
    #[napi(ts_type = "'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | '?'")]
    pub element: Option<String>,
    /// Of dates: what a tick is.
    #[napi(ts_type = "'s' | 'ms' | 'us' | 'ns'")]
    pub unit: Option<String>,
}

/// Where everything lies in the buffer, in bytes.
#[napi(object)]
pub struct NativeLayout {
    /// Bytes of the whole buffer.
    pub byte_length: f64,
    /// Bytes of one record.
    pub itemsize: f64,
    /// Row 0 of every field.
    pub offsets: Vec<f64>,
    /// Bytes between rows, per field.
    pub strides: Vec<f64>,
    /// The mask of every field.
    pub valid: Vec<f64>,
    /// The generations.
    #[napi(js_name = "gen")]
    pub generations: f64,
    /// The ttls.
    pub ttl: f64,
    /// The result codes.
    pub result_codes: f64,
}

/// A parsed schema. JavaScript has it as an external: what is inside one is found in a fraction of the time that an object of a
/// class takes, of which Node-API looks for a type and for what it wraps, under two private names.
pub struct NativeDtype {
    pub(crate) dtype: Arc<Dtype>,
    /// The plan of the last batch: the next one is nearly always of the same size.
    last: RefCell<Option<Arc<Plan>>>,
}

/// How the cells of a batch lie: each column contiguous, or whole records one after the other.
#[napi(string_enum = "lowercase")]
#[derive(Clone, Copy)]
pub enum NativeLayoutKind {
    Columns,
    Rows,
}

/// Parses fields; a `TypeError` names the one that does not fit.
#[napi(ts_return_type = "NativeDtype", catch_unwind)]
pub fn parse_dtype(env: &Env, fields: Vec<NativeField>) -> Result<External<NativeDtype>> {
    thrown(env, || Ok(External::new(NativeDtype::parse(&fields)?)))
}

/// The fields of a schema, in order.
#[napi(catch_unwind)]
pub fn fields_of(#[napi(ts_arg_type = "NativeDtype")] dtype: &External<NativeDtype>) -> Vec<NativeFieldInfo> {
    dtype.dtype.fields().iter().map(NativeFieldInfo::from).collect()
}

/// Places the fields for a number of rows.
#[napi(catch_unwind)]
pub fn layout_of(
    env: &Env,
    #[napi(ts_arg_type = "NativeDtype")] dtype: &External<NativeDtype>,
    rows: f64,
    layout: NativeLayoutKind,
    align: bool,
) -> Result<NativeLayout> {
    thrown(env, || Ok(NativeLayout::from(dtype.plan(row_count(rows)?, layout, align)?.layout())))
}

/// A number of rows; Node-API would wrap one that is larger than 32 bits.
fn row_count(rows: f64) -> Checked<usize> {
    if rows.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&rows) {
        return Ok(rows as usize);
    }
    Err(out_of_range(format!("{rows} rows; a batch has 0 to {} of them", u32::MAX)))
}

impl NativeDtype {
    fn parse(fields: &[NativeField]) -> Checked<Self> {
        let shapes: Vec<Vec<usize>> =
            fields.iter().map(|field| field.shape.iter().map(|&dim| dim as usize).collect()).collect();
        let specs: Vec<FieldSpec<'_>> = fields
            .iter()
            .zip(&shapes)
            .map(|(field, shape)| FieldSpec { name: &field.name, code: &field.code, shape })
            .collect();
        let sources = fields.iter().map(|field| field.from.as_ref().map(BinRead::from)).collect();
        let fills = fields.iter().map(|field| field.fill.as_ref().map(|fill| fill.to_vec())).collect();
        let dtype = Dtype::parse_with_sources(&specs, sources).and_then(|dtype| dtype.with_fills(fills));
        let dtype = dtype.map_err(|error| invalid(error.to_string()))?;
        Ok(Self { dtype: Arc::new(dtype), last: RefCell::default() })
    }

    /// The plan for so many rows.
    pub(crate) fn plan(&self, rows: usize, layout: NativeLayoutKind, align: bool) -> Checked<Arc<Plan>> {
        let kind = match layout {
            NativeLayoutKind::Columns => LayoutKind::Columns,
            NativeLayoutKind::Rows => LayoutKind::Rows { align },
        };
        let mut last = self.last.borrow_mut();
        if let Some(plan) =
            last.as_ref().filter(|plan| plan.layout().rows == rows && plan.layout().kind == kind)
        {
            return Ok(Arc::clone(plan));
        }
        let plan = Plan::new(&self.dtype, rows, kind).map_err(|error| out_of_range(error.to_string()))?;
        Ok(Arc::clone(last.insert(plan)))
    }
}

impl From<&Field> for NativeFieldInfo {
    fn from(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            kind: field.element.kind().to_owned(),
            itemsize: field.element.size() as u32,
            shape: field.shape.iter().map(|&dim| dim as u32).collect(),
            count: field.count as u32,
            descr: field.element.descr(),
            element: match field.element {
                Element::List(element) => Some(element.kind().to_owned()),
                _ => None,
            },
            unit: match field.element {
                Element::Date(unit) => Some(unit.code().to_owned()),
                _ => None,
            },
        }
    }
}

impl From<&Layout> for NativeLayout {
    fn from(placed: &Layout) -> Self {
        let each =
            |get: fn(&Placement) -> usize| placed.fields.iter().map(|place| get(place) as f64).collect();
        Self {
            byte_length: placed.byte_len as f64,
            itemsize: placed.itemsize as f64,
            offsets: each(|place| place.offset),
            strides: each(|place| place.stride),
            valid: each(|place| place.valid),
            generations: placed.generations as f64,
            ttl: placed.ttls as f64,
            result_codes: placed.result_codes as f64,
        }
    }
}
