//! Which clients use the connections of a node, as far as they say so.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;

/// The names of the clients of a node, with the number of connections of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Agents(Arc<Mutex<BTreeMap<String, u64>>>);

impl Agents {
    /// `user-agent=NAME:count=N;` for each of them.
    pub(crate) fn list(&self) -> String {
        let mut all = String::new();
        for (name, count) in self.0.lock().iter().filter(|(_, count)| **count > 0) {
            let _written = write!(all, "user-agent={name}:count={count};").is_ok();
        }
        all
    }
}

/// Who uses a connection, once it has said so.
#[derive(Debug, Default)]
pub(crate) struct Agent(RefCell<Option<(Agents, String)>>);

impl Agent {
    pub(crate) fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }

    pub(crate) fn set(&self, agents: &Agents, name: &str) {
        *agents.0.lock().entry(name.to_owned()).or_default() += 1;
        *self.0.borrow_mut() = Some((agents.clone(), name.to_owned()));
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let Some((agents, name)) = self.0.get_mut() else { return };
        let mut agents = agents.0.lock();
        if let Some(count) = agents.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                agents.remove(name);
            }
        }
    }
}
