use std::sync::{Arc, Mutex};

use super::learnt::Learnt;
use super::numbers::{NumberPlan, leading_numbers};
use crate::{Dtype, Element, Field, Layout, LayoutError, LayoutKind, Placement};

/// A dtype, placed for a number of rows and compiled for the row loop. It says nothing of the memory, so all tables of the same
/// dtype and size can share one.
#[derive(Debug)]
pub struct Plan {
    pub(super) layout: Layout,
    pub(super) fields: Vec<FieldPlan>,
    /// The first of them, for as long as they take numbers, one or as many as a blob has.
    pub(super) numbers: Vec<NumberPlan>,
    /// Field positions sorted by name, for bins out of the expected order.
    by_name: Vec<usize>,
    /// Whether a field has values that do not lie in their cells.
    pub(super) has_views: bool,
    /// What the rows of the last batch looked like.
    pub(super) learnt: Mutex<Learnt>,
}

/// One field, compiled for the row loop.
#[derive(Debug)]
pub(super) struct FieldPlan {
    pub(super) name: Box<[u8]>,
    pub(super) element: Element,
    pub(super) is_view: bool,
    /// Whether the value is the first element of a list, as which the bin comes.
    pub(super) in_list: bool,
    pub(super) shape: Box<[usize]>,
    pub(super) count: usize,
    pub(super) size: usize,
    pub(super) offset: usize,
    pub(super) stride: usize,
    pub(super) valid: usize,
    /// What a cell without a value holds, where that is not zeros.
    pub(super) fill: Option<Box<[u8]>>,
}

fn compile((field, place): (&Field, &Placement)) -> FieldPlan {
    FieldPlan {
        name: field.wire_name().as_bytes().into(),
        element: field.element,
        is_view: field.element.is_view(),
        in_list: field.source.as_ref().is_some_and(|source| source.in_list),
        shape: field.shape.clone().into(),
        count: field.count,
        size: field.size(),
        offset: place.offset,
        stride: place.stride,
        valid: place.valid,
        fill: field.fill.clone().filter(|fill| fill.iter().any(|&byte| byte != 0)),
    }
}

impl Plan {
    /// Places `dtype` for `rows` rows.
    ///
    /// # Errors
    /// As [`Layout::new`].
    pub fn new(dtype: &Dtype, rows: usize, kind: LayoutKind) -> Result<Arc<Self>, LayoutError> {
        let layout = Layout::new(dtype, rows, kind)?;
        let fields: Vec<FieldPlan> = dtype.fields().iter().zip(&layout.fields).map(compile).collect();
        let mut by_name: Vec<usize> = (0..fields.len()).collect();
        by_name.sort_by(|&a, &b| fields[a].name.cmp(&fields[b].name));
        let numbers = leading_numbers(&fields);
        let has_views = fields.iter().any(|field| field.is_view);
        Ok(Arc::new(Self { layout, fields, numbers, by_name, has_views, learnt: Mutex::default() }))
    }

    /// Where everything lies.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The field of a bin. `expected` is the field that follows the one found before: bins come in the order of the
    /// request, so the first comparison nearly always matches.
    #[inline]
    pub(super) fn find(&self, name: &[u8], expected: &mut usize) -> Option<usize> {
        let found = match self.fields.get(*expected) {
            Some(field) if same_name(&field.name, name) => *expected,
            _ => self.search(name, *expected)?,
        };
        *expected = found + 1;
        Some(found)
    }

    #[cold]
    fn search(&self, name: &[u8], expected: usize) -> Option<usize> {
        let first = self.by_name.partition_point(|&field| *self.fields[field].name < *name);
        let same = self.by_name[first..].iter().take_while(|&&field| *self.fields[field].name == *name);
        // A bin that fills several fields comes once for each of them, in their order.
        same.clone().find(|&&field| field >= expected).or_else(|| same.clone().next()).copied()
    }
}

/// Whether two bin names are equal. They have at most 15 bytes, so two overlapping words settle it, where calling the C
/// library's `memcmp` would cost more than the rest of a small bin.
#[inline]
fn same_name(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if a.len() > 16 {
        return a == b;
    }
    if let (Some(a8), Some(b8)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        return u64::from_ne_bytes(*a8) == u64::from_ne_bytes(*b8)
            && a.last_chunk::<8>() == b.last_chunk::<8>();
    }
    if let (Some(a4), Some(b4)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        return u32::from_ne_bytes(*a4) == u32::from_ne_bytes(*b4)
            && a.last_chunk::<4>() == b.last_chunk::<4>();
    }
    a.iter().eq(b)
}
