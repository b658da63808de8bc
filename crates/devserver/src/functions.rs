//! The sources of user-defined functions. They are kept and given back; this server runs none.

use std::collections::BTreeMap;

use parking_lot::RwLock;

mod sha1;

/// The files that clients have registered, by name, as base64.
#[derive(Debug, Default)]
pub(crate) struct Functions(RwLock<BTreeMap<String, String>>);

impl Functions {
    pub(crate) fn put(&self, name: &str, content: &str) {
        self.0.write().insert(name.to_owned(), content.to_owned());
    }

    pub(crate) fn remove(&self, name: &str) {
        self.0.write().remove(name);
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.read().get(name).cloned()
    }

    /// Every file's name and what real servers keep of it.
    pub(crate) fn list(&self) -> Vec<(String, String)> {
        let kept = |content: &str, name: &str| {
            format!(r#"{{"content64": "{content}", "type": "LUA", "name": "{name}"}}"#)
        };
        self.0.read().iter().map(|(name, content)| (name.clone(), kept(content, name))).collect()
    }
}

/// The hash by which clients tell one version of a file from another.
pub(crate) fn hash(kept: &str) -> String {
    sha1::hash(kept.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
