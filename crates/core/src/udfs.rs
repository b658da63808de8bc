//! User-defined functions: modules of the cluster, and applying their functions.

use std::collections::BTreeMap;
use std::time::Duration;

use aerospike::{AdminPolicy, Value};
use aerostride_wire::InfoCommand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::client::Pending;
use crate::keys::PackedKeys;
use crate::nesting::{MAX_DEPTH, is_too_deep};
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind};

/// How often nodes are asked whether they have a module.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// So often nodes may disagree about a module before that is an error: 30 s.
const MOST_QUESTIONS: u32 = 1500;

/// A function of a module, and what it is called with besides the record.
#[derive(Debug, Clone)]
pub struct Udf {
    /// The module's name without `.lua`.
    pub module: String,
    /// The function's name.
    pub function: String,
    /// Its further arguments.
    pub args: Vec<Value>,
}

/// A module as the nodes list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UdfModule {
    /// Its name, with `.lua`.
    pub name: String,
    /// The hash of its code, as the server gives it.
    pub hash: String,
    /// Its language: `LUA`.
    pub language: String,
}

impl UdfModule {
    fn read(text: &str) -> Option<Self> {
        let pairs: BTreeMap<&str, &str> = text.split(',').filter_map(|pair| pair.split_once('=')).collect();
        let get = |name: &str| pairs.get(name).copied().unwrap_or_default().to_owned();
        let name = get("filename");
        (!name.is_empty()).then(|| Self { name, hash: get("hash"), language: get("type") })
    }
}

impl Client {
    /// Gives the cluster a module, and waits until every node has it. One of the same name is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Server`] when the server refuses the code; [`ErrorKind::InvalidArgument`] for a name that cannot be sent.
    pub fn register_udf<'a>(&'a self, name: &'a str, code: &'a [u8]) -> Pending<'a, ()> {
        Box::pin(async move {
            let content = STANDARD.encode(code);
            let command = InfoCommand::new("udf-put")
                .text("filename", "name", name)?
                .base64("content", "code", &content)?
                .number("content-len", content.len() as u64)
                .word("udf-type", "LUA");
            self.order(&command, "register").await.map_err(|error| explained(error, name))?;
            self.until_agreed(|modules| {
                let mut hashes = modules.iter().map(|of_node| of_node.get(name).map(|module| &module.hash));
                let first = hashes.next().flatten();
                first.is_some() && hashes.all(|hash| hash == first)
            })
            .await
        })
    }

    /// Takes a module away, and waits until no node has it; whether there was one.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn remove_udf<'a>(&'a self, name: &'a str) -> Pending<'a, bool> {
        Box::pin(async move {
            let command = InfoCommand::new("udf-remove").text("filename", "name", name)?;
            if self.modules_by_node().await?.iter().all(|of_node| !of_node.contains_key(name)) {
                return Ok(false);
            }
            self.order(&command, "remove").await?;
            self.until_agreed(|modules| modules.iter().all(|of_node| !of_node.contains_key(name))).await?;
            Ok(true)
        })
    }

    /// The modules of the cluster, by name.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn udfs(&self) -> Pending<'_, Vec<UdfModule>> {
        Box::pin(async move {
            let all: BTreeMap<_, _> = self.modules_by_node().await?.into_iter().flatten().collect();
            Ok(all.into_values().collect())
        })
    }

    /// Applies a function to the record of `keys`' only key, and gives what it returns.
    ///
    /// # Errors
    /// [`ErrorKind::Server`] with code 100 and the function's own message when it fails; the crate's, as [`Error`].
    pub fn apply<'a>(
        &'a self,
        keys: &'a PackedKeys,
        udf: &'a Udf,
        policy: &'a aerospike::WritePolicy,
    ) -> Pending<'a, Value> {
        Box::pin(async move {
            let key = self.known_key(keys, policy.send_key)?;
            let Udf { module, function, args } = udf;
            let applied = self.unless_closed(Effect::Writes, async {
                Ok(self.control().execute_udf(policy, &key, module, function, args).await?)
            });
            let value = applied.await?.unwrap_or(Value::Nil);
            if is_too_deep(&value) {
                let message = format!("the function's result is nested deeper than {MAX_DEPTH} levels");
                // The function has done what it does.
                return Err(Error::new(ErrorKind::Protocol, message).in_doubt_if(true));
            }
            Ok(value)
        })
    }

    async fn modules_by_node(&self) -> Result<Vec<BTreeMap<String, UdfModule>>, Error> {
        self.unless_closed(Effect::Reads, async {
            let mut modules = Vec::new();
            for node in self.control().nodes() {
                let reply = node.info(&AdminPolicy::default(), &["udf-list"]).await?;
                let listed = reply.into_values().next().unwrap_or_default();
                let read = listed.split(';').filter_map(UdfModule::read);
                modules.push(read.map(|module| (module.name.clone(), module)).collect());
            }
            Ok(modules)
        })
        .await
    }

    async fn until_agreed(
        &self,
        agreed: impl Fn(&[BTreeMap<String, UdfModule>]) -> bool,
    ) -> Result<(), Error> {
        for _ in 0..MOST_QUESTIONS {
            if agreed(&self.modules_by_node().await?) {
                return Ok(());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
        Err(Error::new(ErrorKind::Timeout, "the nodes do not agree about the module"))
    }
}

/// What the compiler of a node says about code, which it gives as `line=1;message=` and base64.
fn explained(mut error: Error, name: &str) -> Error {
    let part = |key: &str| {
        let (_, rest) = error.message.split_once(key)?;
        Some(rest.split([';', ' ']).next().unwrap_or_default())
    };
    let said = part("message=").and_then(|said| STANDARD.decode(said).ok());
    if let (Some(said), Some(line)) = (said, part("line=")) {
        error.message = format!("register refused: {name}, line {line}: {}", String::from_utf8_lossy(&said));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_says_is_decoded() {
        let refused = "register refused: error=compile_error;file=bad.lua;line=1;message=dW5leHBlY3RlZCBzeW1ib2wgbmVhciAnbm90Jw== (code 1, Server Error)";
        let told = explained(Error::new(ErrorKind::Server, refused), "bad.lua");
        assert_eq!(told.message, "register refused: bad.lua, line 1: unexpected symbol near 'not'");
        let other = "register refused: error=invalid_filename (code 1, Server Error)";
        assert_eq!(explained(Error::new(ErrorKind::Server, other), "bad").message, other);
    }

    #[test]
    fn a_list_of_modules_is_read() {
        let module = UdfModule::read("filename=a.lua,hash=12ab,type=LUA").unwrap();
        assert_eq!(
            (module.name.as_str(), module.hash.as_str(), module.language.as_str()),
            ("a.lua", "12ab", "LUA")
        );
        assert_eq!(UdfModule::read(""), None);
    }
}
