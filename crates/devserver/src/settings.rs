//! Settings that `set-config` has changed.

use std::collections::HashMap;

use parking_lot::RwLock;

/// The changed settings of a node, as text. What a setting does is up to those who read it.
#[derive(Debug, Default)]
pub(crate) struct Settings(RwLock<HashMap<String, String>>);

impl Settings {
    /// The value of a setting, if it was changed. `scope` is a context such as `service`, or a namespace or set in it.
    pub(crate) fn get(&self, scope: &str, name: &str) -> Option<String> {
        self.0.read().get(&key(scope, name)).cloned()
    }

    pub(crate) fn set(&self, scope: &str, name: &str, value: &str) {
        self.0.write().insert(key(scope, name), value.to_owned());
    }
}

fn key(scope: &str, name: &str) -> String {
    format!("{scope};{name}")
}
