//! Secondary indexes: making them, waiting until they are ready, listing and dropping them.

use std::collections::BTreeMap;
use std::time::Duration;

use aerospike::AdminPolicy;
use aerostride_wire::{InfoCommand, result_code};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::client::Pending;
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind};

/// How often nodes are asked how far an index is.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// So often no node may know of an index that was made, until somebody else must have dropped it.
const MOST_ABSENT: u32 = 250;

/// What the values in an index are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum IndexValues {
    Numeric,
    String,
    Blob,
    Geo,
}

impl IndexValues {
    const fn word(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::String => "string",
            Self::Blob => "blob",
            Self::Geo => "geo2dsphere",
        }
    }
}

/// Which elements of a bin are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub enum IndexElements {
    #[default]
    Whole,
    List,
    MapKeys,
    MapValues,
}

impl IndexElements {
    const fn word(self) -> &'static str {
        match self {
            Self::Whole => "default",
            Self::List => "list",
            Self::MapKeys => "mapkeys",
            Self::MapValues => "mapvalues",
        }
    }
}

/// An index that is to be.
#[derive(Debug, Clone)]
pub struct IndexDefinition {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for records of every set and of none.
    pub set: String,
    /// The index's name.
    pub name: String,
    /// See [`IndexValues`].
    pub values: IndexValues,
    /// See [`IndexElements`].
    pub elements: IndexElements,
    /// The bin; empty with an expression.
    pub bin: String,
    /// The place inside the bin, msgpack.
    pub context: Option<Vec<u8>>,
    /// The expression, msgpack.
    pub expression: Option<Vec<u8>>,
}

/// An index as the nodes list it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexInfo {
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
    /// Whether a node has given up building it.
    pub failed: bool,
}

impl IndexInfo {
    fn read(text: &str) -> Self {
        let pairs: BTreeMap<&str, &str> = text.split(':').filter_map(|pair| pair.split_once('=')).collect();
        let word = |name: &str| pairs.get(name).copied().unwrap_or_default().to_owned();
        // What may be missing is `null` where it is, which is a name like any other where nothing may be missing.
        let get = |name: &str| Some(word(name)).filter(|word| word != "null").unwrap_or_default();
        let has_bin = get("exp").is_empty() && word("indextype") != "set";
        Self {
            namespace: word("ns"),
            set: get("set"),
            name: word("indexname"),
            bin: if has_bin { word("bin") } else { String::new() },
            values: get("type"),
            elements: get("indextype"),
            context: get("context"),
            expression: get("exp"),
            ready: pairs.get("state").is_none_or(|state| *state == "RW"),
            failed: pairs.get("state").is_some_and(|state| *state == "ERROR"),
        }
    }

    /// Whether it is the same index but for its name.
    fn is_like(&self, wanted: &IndexDefinition) -> bool {
        let encoded =
            |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|b| STANDARD.encode(b)).unwrap_or_default();
        self.namespace == wanted.namespace
            && self.set == wanted.set
            && self.bin == wanted.bin
            && self.values == wanted.values.word()
            && self.elements == wanted.elements.word()
            && self.context == encoded(&wanted.context)
            && self.expression == encoded(&wanted.expression)
    }
}

impl IndexDefinition {
    fn command(&self) -> Result<InfoCommand, Error> {
        for (argument, name) in [("set", &self.set), ("bin", &self.bin)] {
            if name.contains('|') {
                // A server says that it has made such an index, never has it, and has no other of that name any more.
                let message = format!(
                    "{argument} is {name:?}, of which no server makes an index: it has '|', which separates names there"
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        let mut command =
            InfoCommand::new("sindex-create").text("namespace", "namespace", &self.namespace)?;
        if !self.set.is_empty() {
            command = command.text("set", "set", &self.set)?;
        }
        command = command.text("indexname", "name", &self.name)?;
        if self.elements != IndexElements::Whole {
            command = command.word("indextype", self.elements.word());
        }
        if let Some(context) = &self.context {
            command = command.base64("context", "path", &STANDARD.encode(context))?;
        }
        if let Some(expression) = &self.expression {
            command = command.base64("exp", "expression", &STANDARD.encode(expression))?;
        }
        command = command.word("type", self.values.word());
        if !self.bin.is_empty() {
            command = command.text("bin", "bin", &self.bin)?;
        }
        Ok(command)
    }
}

impl Client {
    /// Makes an index, and waits until every node has built it. One that exists already is as good.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a name that cannot be sent; [`ErrorKind::Server`] where the namespace is unknown,
    /// where the same index exists under another name, which a server would rename in silence, and where the name belongs
    /// to another index.
    pub fn create_index<'a>(&'a self, definition: &'a IndexDefinition) -> Pending<'a, ()> {
        Box::pin(async move {
            let command = definition.command()?;
            self.check_namespace(&definition.namespace)?;
            let known = self.list_indexes(Some(&definition.namespace)).await?;
            if let Some(other) =
                known.iter().find(|known| known.is_like(definition) && known.name != definition.name)
            {
                let (name, other) = (&definition.name, &other.name);
                let message = format!(
                    "createIndex {name:?}: the index exists under the name {other:?}, and the server would rename it"
                );
                return Err(
                    Error::new(ErrorKind::Server, message).with_code(i32::from(result_code::INDEX_EXISTS))
                );
            }
            self.order(&command, "createIndex").await?;
            self.wait_until_ready(&definition.namespace, &definition.name).await
        })
    }

    /// Waits until an index is in its list as readable, and says that it is loaded, on every node.
    async fn wait_until_ready(&self, namespace: &str, name: &str) -> Result<(), Error> {
        let stat = InfoCommand::new("sindex-stat").text("namespace", "namespace", namespace)?.text(
            "indexname",
            "name",
            name,
        )?;
        let mut absent = 0;
        loop {
            let listed = self.list_indexes(Some(namespace)).await?;
            match listed.iter().find(|index| index.name == name) {
                Some(index) if index.failed => return Err(given_up(name)),
                Some(index) if index.ready && self.is_loaded(&stat).await? => return Ok(()),
                Some(_) => absent = 0,
                None if absent == MOST_ABSENT => return Err(gone(name)),
                None => absent += 1,
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    async fn is_loaded(&self, stat: &InfoCommand) -> Result<bool, Error> {
        let replies = self.ask_all(stat).await?;
        let loaded = |reply: &String| reply.split(';').any(|pair| pair == "load_pct=100");
        Ok(!replies.is_empty() && replies.iter().all(loaded))
    }

    async fn ask_all(&self, command: &InfoCommand) -> Result<Vec<String>, Error> {
        self.unless_closed(Effect::Reads, async {
            let mut replies = Vec::new();
            for node in self.control().nodes() {
                let reply = node.info(&AdminPolicy::default(), &[command.as_str()]).await?;
                replies.extend(reply.into_values().next());
            }
            Ok(replies)
        })
        .await
    }

    /// The indexes of a namespace, or of all; one that a node does not have yet is not ready.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a name that cannot be sent; the crate's, as [`Error`].
    pub fn indexes<'a>(&'a self, namespace: Option<&'a str>) -> Pending<'a, Vec<IndexInfo>> {
        Box::pin(async move {
            if let Some(namespace) = namespace {
                self.check_namespace(namespace)?;
            }
            self.list_indexes(namespace).await
        })
    }

    async fn list_indexes(&self, namespace: Option<&str>) -> Result<Vec<IndexInfo>, Error> {
        let mut command = InfoCommand::new("sindex-list");
        if let Some(namespace) = namespace {
            command = command.text("namespace", "namespace", namespace)?;
        }
        let replies = self.ask_all(&command.word("b64", "true")).await?;
        let mut found: BTreeMap<(String, String), (IndexInfo, usize)> = BTreeMap::new();
        for text in
            replies.iter().flat_map(|reply| reply.split(';')).filter(|text| text.contains("indexname="))
        {
            let index = IndexInfo::read(text);
            let known = found.entry((index.namespace.clone(), index.name.clone()));
            let (known, nodes) = known.or_insert_with(|| (index.clone(), 0));
            known.ready &= index.ready;
            known.failed |= index.failed;
            *nodes += 1;
        }
        let everywhere = |(mut index, nodes): (IndexInfo, usize)| {
            index.ready &= nodes == replies.len();
            index
        };
        Ok(found.into_values().map(everywhere).collect())
    }

    /// Drops an index; whether there was one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a name that cannot be sent; [`ErrorKind::Server`] when the server refuses.
    pub fn drop_index<'a>(&'a self, namespace: &'a str, name: &'a str) -> Pending<'a, bool> {
        Box::pin(async move {
            let command = InfoCommand::new("sindex-delete").text("namespace", "namespace", namespace)?.text(
                "indexname",
                "name",
                name,
            )?;
            self.check_namespace(namespace)?;
            let is_there = |known: &[IndexInfo]| known.iter().any(|index| index.name == name);
            if !is_there(&self.list_indexes(Some(namespace)).await?) {
                return Ok(false);
            }
            self.order(&command, "dropIndex").await?;
            while is_there(&self.list_indexes(Some(namespace)).await?) {
                tokio::time::sleep(ASK_EVERY).await;
            }
            Ok(true)
        })
    }
}

fn given_up(name: &str) -> Error {
    let message = format!(
        "createIndex {name:?}: a node has given up building the index, as it does where its memory is at the limit; drop the index \
         and create it when there is room"
    );
    Error::new(ErrorKind::Server, message).with_code(i32::from(result_code::INDEX_NOT_READY))
}

fn gone(name: &str) -> Error {
    let message =
        format!("createIndex {name:?}: no node knows of the index any more; somebody may have dropped it");
    Error::new(ErrorKind::Server, message).with_code(i32::from(result_code::INDEX_NOT_FOUND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_a_node_has_given_up_is_neither_ready_nor_waited_for() {
        let read = |state| IndexInfo::read(&format!("ns=test:indexname=a:type=numeric:state={state}"));
        let states = ["RW", "WO", "ERROR"].map(|state| (read(state).ready, read(state).failed));
        assert_eq!(states, [(true, false), (false, false), (false, true)]);
        assert!(given_up("a").message.contains("createIndex \"a\""));
    }

    #[test]
    fn names_of_which_servers_make_no_index_are_refused() {
        let definition = |set: &str, bin: &str, name: &str| IndexDefinition {
            namespace: "test".into(),
            set: set.into(),
            name: name.into(),
            values: IndexValues::Numeric,
            elements: IndexElements::Whole,
            bin: bin.into(),
            context: None,
            expression: None,
        };
        for (set, bin, argument) in [("a|b", "c", "set"), ("s", "a|b", "bin")] {
            let error = definition(set, bin, "i").command().unwrap_err();
            assert!(error.message.starts_with(&format!("{argument} is \"a|b\"")), "{error}");
        }
        assert!(definition("s", "b", "a|b").command().is_ok());
    }

    #[test]
    fn null_is_a_name() {
        let read = |rest: &str| IndexInfo::read(&format!("ns=null:indexname=null:set=null:bin=null:{rest}"));
        let index = read("type=numeric:indextype=default:context=null:exp=null:state=RW");
        assert_eq!((&*index.namespace, &*index.name, &*index.bin, &*index.set), ("null", "null", "null", ""));
        assert_eq!(read("type=numeric:exp=kw==:state=RW").bin, "");
        assert_eq!(read("indextype=set").bin, "");
    }

    #[test]
    fn a_list_is_read_as_a_server_writes_it() {
        let text = "ns=test:indexname=sq_ctx:set=scanq:bin=m:type=numeric:indextype=default:context=kiKiA2E=:exp=null:state=WO";
        let index = IndexInfo::read(text);
        assert_eq!((&*index.name, &*index.bin, &*index.context), ("sq_ctx", "m", "kiKiA2E="));
        assert!(index.expression.is_empty() && !index.ready);
        let wanted = IndexDefinition {
            namespace: "test".into(),
            set: "scanq".into(),
            name: "other".into(),
            values: IndexValues::Numeric,
            elements: IndexElements::Whole,
            bin: "m".into(),
            context: Some(vec![0x92, 0x22, 0xa2, 0x03, 0x61]),
            expression: None,
        };
        assert!(index.is_like(&wanted));
        let command = wanted.command().unwrap();
        assert_eq!(
            command.as_str(),
            "sindex-create:namespace=test;set=scanq;indexname=other;context=kiKiA2E=;type=numeric;bin=m"
        );
        assert!(!index.is_like(&IndexDefinition { context: None, ..wanted }));
    }
}
