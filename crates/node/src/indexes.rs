//! Secondary indexes: their definitions and lists.

use aerostride_core::{IndexDefinition, IndexElements, IndexInfo, IndexValues};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::words::words;

/// What the values in an index are.
#[napi(string_enum = "lowercase")]
pub enum NativeIndexValues {
    Numeric,
    String,
    Blob,
    Geo2dsphere,
}

impl From<NativeIndexValues> for IndexValues {
    fn from(given: NativeIndexValues) -> Self {
        match given {
            NativeIndexValues::Numeric => Self::Numeric,
            NativeIndexValues::String => Self::String,
            NativeIndexValues::Blob => Self::Blob,
            NativeIndexValues::Geo2dsphere => Self::Geo,
        }
    }
}

words!(
    /// Which elements of a bin are indexed.
    "camelCase" NativeIndexElements => IndexElements { Whole, List, MapKeys, MapValues }
);

/// An index that is to be.
#[napi(object, object_to_js = false)]
pub struct NativeIndexDefinition {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for none.
    pub set: String,
    /// The index's name.
    pub name: String,
    /// See [`NativeIndexValues`].
    pub values: NativeIndexValues,
    /// See [`NativeIndexElements`].
    pub elements: NativeIndexElements,
    /// The bin; empty with an expression.
    pub bin: String,
    /// The place inside the bin.
    pub context: Option<Uint8Array>,
    /// The expression.
    pub expression: Option<Uint8Array>,
}

impl From<NativeIndexDefinition> for IndexDefinition {
    fn from(given: NativeIndexDefinition) -> Self {
        let bytes = |bytes: Option<Uint8Array>| bytes.map(|bytes| bytes.to_vec());
        Self {
            namespace: given.namespace,
            set: given.set,
            name: given.name,
            values: given.values.into(),
            elements: given.elements.into(),
            bin: given.bin,
            context: bytes(given.context),
            expression: bytes(given.expression),
        }
    }
}

/// An index as the nodes list it.
#[napi(object, object_from_js = false)]
pub struct NativeIndexInfo {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for none.
    pub set: String,
    /// Name.
    pub name: String,
    /// Bin; empty for an expression.
    pub bin: String,
    /// `numeric`, `string`, `blob`, `geo2dsphere`.
    pub values: String,
    /// `default`, `list`, `mapkeys`, `mapvalues`, `set`.
    pub elements: String,
    /// Base64 of the place inside the bin; empty for none.
    pub context: String,
    /// Base64 of the expression; empty for none.
    pub expression: String,
    /// Whether every node has built it.
    pub ready: bool,
}

impl From<IndexInfo> for NativeIndexInfo {
    fn from(index: IndexInfo) -> Self {
        let IndexInfo { namespace, set, name, bin, values, elements, context, expression, ready, failed: _ } =
            index;
        Self { namespace, set, name, bin, values, elements, context, expression, ready }
    }
}
