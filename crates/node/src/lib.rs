//! The napi binding of aerostride.
