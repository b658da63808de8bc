use std::sync::Arc;

use aerostride_columns::{Dtype, FieldSpec, Layout, LayoutKind};
use napi::bindgen_prelude::Result;
use napi_derive::napi;

use crate::error::{invalid, out_of_range};

/// A field as the user wrote it.
#[napi(object)]
pub struct NativeField {
    /// Bin name.
    pub name: String,
    /// Type code.
    pub code: String,
    /// Dimensions; empty for a scalar.
    pub shape: Vec<u32>,
}

/// A parsed field.
#[napi(object)]
pub struct NativeFieldInfo {
    /// Bin name.
    pub name: String,
    /// `i1` to `f8`, `?`, `S` or `V`.
    pub kind: String,
    /// Bytes of one element.
    pub itemsize: u32,
    /// Dimensions; empty for a scalar.
    pub shape: Vec<u32>,
    /// Elements per row.
    pub count: u32,
    /// numpy's descr of one element.
    pub descr: String,
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

/// A parsed schema.
#[napi]
pub struct NativeDtype {
    pub(crate) dtype: Arc<Dtype>,
}

/// The layout that the options name.
pub fn layout_kind(layout: &str, align: bool) -> Result<LayoutKind> {
    match layout {
        "columns" => Ok(LayoutKind::Columns),
        "rows" => Ok(LayoutKind::Rows { align }),
        other => Err(invalid(format!("layout is {other:?}; use 'columns' or 'rows'"))),
    }
}

#[napi]
impl NativeDtype {
    /// Parses fields; a `TypeError` names the one that does not fit.
    #[napi(constructor, catch_unwind)]
    pub fn new(fields: Vec<NativeField>) -> Result<Self> {
        let shapes: Vec<Vec<usize>> =
            fields.iter().map(|field| field.shape.iter().map(|&dim| dim as usize).collect()).collect();
        let specs: Vec<FieldSpec<'_>> = fields
            .iter()
            .zip(&shapes)
            .map(|(field, shape)| FieldSpec { name: &field.name, code: &field.code, shape })
            .collect();
        let dtype = Dtype::parse(&specs).map_err(|error| invalid(error.to_string()))?;
        Ok(Self { dtype: Arc::new(dtype) })
    }

    /// The fields, in order.
    #[napi(getter, catch_unwind)]
    pub fn fields(&self) -> Vec<NativeFieldInfo> {
        let info = |field: &aerostride_columns::Field| NativeFieldInfo {
            name: field.name.clone(),
            kind: field.element.kind().to_owned(),
            itemsize: field.element.size() as u32,
            shape: field.shape.iter().map(|&dim| dim as u32).collect(),
            count: field.count as u32,
            descr: field.element.descr(),
        };
        self.dtype.fields().iter().map(info).collect()
    }

    /// Places the fields for a number of rows.
    #[napi(catch_unwind)]
    pub fn layout(&self, rows: u32, layout: String, align: bool) -> Result<NativeLayout> {
        let placed = self.place(rows as usize, &layout, align)?;
        let each = |get: fn(&aerostride_columns::Placement) -> usize| {
            placed.fields.iter().map(|place| get(place) as f64).collect()
        };
        Ok(NativeLayout {
            byte_length: placed.byte_len as f64,
            itemsize: placed.itemsize as f64,
            offsets: each(|place| place.offset),
            strides: each(|place| place.stride),
            valid: each(|place| place.valid),
            generations: placed.generations as f64,
            ttl: placed.ttls as f64,
            result_codes: placed.result_codes as f64,
        })
    }
}

impl NativeDtype {
    pub(crate) fn place(&self, rows: usize, layout: &str, align: bool) -> Result<Layout> {
        Layout::new(&self.dtype, rows, layout_kind(layout, align)?)
            .map_err(|error| out_of_range(error.to_string()))
    }
}
