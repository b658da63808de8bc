//! Info: what nodes say of themselves, and the orders that are given this way.

use std::collections::BTreeMap;
use std::sync::Arc;

use aerospike::{AdminPolicy, Node};
use aerostride_wire::{InfoCommand, InfoTextError, check_info_name};

use crate::client::Pending;
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind, codes};

impl Client {
    /// Asks nodes for info values: all of them, or the one that is named.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for an unknown node and for a name that is more than one line; the crate's, as
    /// [`Error`].
    pub fn info<'a>(
        &'a self,
        names: &'a [String],
        node: Option<&'a str>,
    ) -> Pending<'a, BTreeMap<String, BTreeMap<String, String>>> {
        Box::pin(async move {
            if self.is_closed() {
                return Err(Error::closed());
            }
            check_names(names)?;
            let chosen = self.chosen(node)?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.unless_closed(Effect::Reads, async {
                let mut replies = BTreeMap::new();
                for node in chosen {
                    let reply = node.info(&AdminPolicy::default(), &names).await?;
                    replies.insert(node.name().to_owned(), reply.into_iter().collect());
                }
                Ok(replies)
            })
            .await
        })
    }

    /// All nodes, or the one of that name.
    fn chosen(&self, name: Option<&str>) -> Result<Vec<Arc<Node>>, Error> {
        let mut nodes = self.control().nodes();
        let Some(name) = name else { return Ok(nodes) };
        let known = nodes.iter().map(|node| node.name().to_owned()).collect::<Vec<_>>().join(", ");
        nodes.retain(|node| node.name() == name);
        if nodes.is_empty() {
            let message = format!("node {name:?} is unknown; the cluster has: {known}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(nodes)
    }

    /// Deletes the records of a set, or with `None` of the whole namespace, that were written before a time in ns since
    /// 1970; 0 is now.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a name that cannot be part of an info command; [`ErrorKind::Server`] when the
    /// server refuses.
    pub fn truncate<'a>(
        &'a self,
        namespace: &'a str,
        set: Option<&'a str>,
        before_nanos: u64,
    ) -> Pending<'a, ()> {
        Box::pin(async move {
            let command = truncation(namespace, set, before_nanos)?;
            self.order(&command, "truncate").await
        })
    }

    /// Gives one node a command that it hands on to the others. Anything but `ok` is an error that begins with `what`.
    pub(crate) async fn order(&self, command: &InfoCommand, what: &str) -> Result<(), Error> {
        self.unless_closed(Effect::Writes, async {
            let node = self.control().random_node()?;
            let reply = node.info(&AdminPolicy::default(), &[command.as_str()]).await?;
            match reply.values().next().map(String::as_str) {
                Some("ok") => Ok(()),
                Some(answer) => Err(refusal(what, answer).at(node.name())),
                None => Err(Error::new(ErrorKind::Protocol, format!("{what}: no answer")).at(node.name())),
            }
        })
        .await
    }
}

fn truncation(namespace: &str, set: Option<&str>, before_nanos: u64) -> Result<InfoCommand, Error> {
    let name = if set.is_some() { "truncate" } else { "truncate-namespace" };
    let mut command = InfoCommand::new(name).text("namespace", "namespace", namespace)?;
    if let Some(set) = set {
        command = command.text("set", "set", set)?;
    }
    Ok(if before_nanos == 0 { command } else { command.number("lut", before_nanos) })
}

fn check_names(names: &[String]) -> Result<(), Error> {
    for (index, name) in names.iter().enumerate() {
        check_info_name(&format!("names[{index}]"), name)?;
    }
    Ok(())
}

/// What a node means that has answered `ERROR:code:message`, in either case and with either separator; some leave out the
/// code, or the message.
fn refusal(what: &str, answer: &str) -> Error {
    let mut parts = answer.splitn(3, [':', '=']);
    let is_failure = parts
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("error") || word.eq_ignore_ascii_case("fail"));
    let (code, rest) = match parts.next().map(str::parse::<u8>) {
        Some(Ok(code)) if is_failure => (i32::from(code), parts.next()),
        _ => (codes::SERVER_ERROR, None),
    };
    let message = rest.filter(|rest| !rest.is_empty()).unwrap_or(answer);
    let described = codes::describe(code);
    Error::new(ErrorKind::Server, format!("{what} refused: {message} (code {code}, {described})"))
        .with_code(code)
}

impl From<InfoTextError> for Error {
    fn from(error: InfoTextError) -> Self {
        Self::new(ErrorKind::InvalidArgument, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncation_says_what_it_empties() {
        let command = |set, before| truncation("test", set, before).unwrap().as_str().to_owned();
        assert_eq!(command(Some("a"), 0), "truncate:namespace=test;set=a");
        assert_eq!(command(Some("a"), 7), "truncate:namespace=test;set=a;lut=7");
        assert_eq!(command(None, 0), "truncate-namespace:namespace=test");
    }

    #[test]
    fn names_that_would_end_the_command_are_refused_by_name() {
        for set in ["a;b", "a\nnamespaces", "a=b", "a:b", "a\tb", "a\rb", "a\0b", "a,b", ""] {
            let error = truncation("test", Some(set), 0).unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidArgument);
            assert!(error.message.starts_with("set is "), "{error}");
        }
        let error = truncation("te;st", None, 0).unwrap_err();
        assert!(error.message.starts_with("namespace is \"te;st\""), "{error}");
    }

    #[test]
    fn an_answer_that_is_not_ok_is_an_error_with_the_code_of_the_server() {
        for (answer, code, text) in [
            ("ERROR:4:unknown namespace", 4, "unknown namespace"),
            ("error=22=no", 22, "no"),
            ("FAIL:bad", 1, "FAIL:bad"),
            ("ERROR:300:bad", 1, "ERROR:300:bad"),
            ("ERROR:81:", 81, "ERROR:81:"),
            ("", 1, ""),
        ] {
            let error = refusal("truncate", answer);
            assert_eq!(error.result_code, Some(code), "{answer}");
            assert!(error.message.starts_with(&format!("truncate refused: {text}")), "{error}");
        }
    }
}
