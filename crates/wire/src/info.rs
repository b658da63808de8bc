use std::fmt;

use thiserror::Error;

use crate::{FrameType, finish_frame, start_frame};

/// Appends the info request for `names`, each ended by a newline. No names ask for everything.
///
/// The names are sent as they are: those that come from outside are checked with [`check_info_name`] or built as an
/// [`InfoCommand`].
pub fn encode_info_request(out: &mut Vec<u8>, names: &[&str]) {
    let start = start_frame(out, FrameType::Info);
    for name in names {
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    finish_frame(out, start);
}

/// The `(name, value)` pairs of an info reply's body, in the order of the reply. A line without a tab has an empty
/// value, which is how servers answer names that have nothing to say.
pub fn info_pairs(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split('\n').filter(|line| !line.is_empty()).map(|line| line.split_once('\t').unwrap_or((line, "")))
}

/// A text that cannot be part of an info command. The protocol has no escapes, so such a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InfoTextError {
    /// Nothing where something is needed.
    #[error("{argument} is empty")]
    Empty {
        /// The caller's name of the text.
        argument: String,
    },
    /// A character that ends the value, the parameter or the command.
    #[error(
        "{argument} is {text:?}, which cannot be sent in an info command: it has {character:?} at position {at}"
    )]
    Character {
        /// The caller's name of the text.
        argument: String,
        /// The text.
        text: String,
        /// The character.
        character: char,
        /// How many characters stand before it.
        at: usize,
    },
}

/// An info command with parameters, as `name:key=value;key=value`. No value can end its parameter or the command.
///
/// ```
/// use aerostride_wire::InfoCommand;
///
/// let command = InfoCommand::new("truncate").text("namespace", "namespace", "test")?.number("lut", 7);
/// assert_eq!(command.as_str(), "truncate:namespace=test;lut=7");
/// assert!(InfoCommand::new("truncate").text("set", "set", "a;b").is_err());
/// # Ok::<(), aerostride_wire::InfoTextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfoCommand {
    text: String,
    parameters: usize,
}

impl InfoCommand {
    /// The command with a name of the protocol, such as `truncate`, and no parameters.
    pub fn new(name: &'static str) -> Self {
        Self { text: name.to_owned(), parameters: 0 }
    }

    /// With a parameter whose value comes from outside, where `argument` is what the caller calls it.
    ///
    /// # Errors
    /// [`InfoTextError`] for an empty value, and for one with a control character or one of `; : = ,`, which separate
    /// parameters, their values, and the parts of some values.
    pub fn text(self, key: &'static str, argument: &str, value: &str) -> Result<Self, InfoTextError> {
        check(argument, value, |character| matches!(character, ';' | ':' | '=' | ','))?;
        Ok(self.with(key, value))
    }

    /// With a parameter whose value is base64, which may end in `=`.
    ///
    /// # Errors
    /// [`InfoTextError`] for an empty value, and for one with a character that base64 does not have.
    pub fn base64(self, key: &'static str, argument: &str, value: &str) -> Result<Self, InfoTextError> {
        let is_foreign = |character: char| {
            !(character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '-' | '_'))
        };
        check(argument, value, is_foreign)?;
        Ok(self.with(key, value))
    }

    /// With a parameter whose value is a number.
    pub fn number(self, key: &'static str, value: u64) -> Self {
        self.with(key, value)
    }

    /// With a parameter whose value is a word of the protocol, such as `numeric`.
    pub fn word(self, key: &'static str, value: &'static str) -> Self {
        self.with(key, value)
    }

    fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.text.push(if self.parameters == 0 { ':' } else { ';' });
        self.text.push_str(&format!("{key}={value}"));
        self.parameters += 1;
        self
    }

    /// The command as it is sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for InfoCommand {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// Checks a whole info name that the caller writes, parameters included: it has to stay one line, and its reply has to be
/// found again.
///
/// # Errors
/// [`InfoTextError`] for an empty name and for one with a control character, line break and tab included.
pub fn check_info_name(argument: &str, name: &str) -> Result<(), InfoTextError> {
    check(argument, name, |_| false)
}

fn check(argument: &str, text: &str, is_forbidden: impl Fn(char) -> bool) -> Result<(), InfoTextError> {
    if text.is_empty() {
        return Err(InfoTextError::Empty { argument: argument.to_owned() });
    }
    let found =
        text.chars().enumerate().find(|(_, character)| character.is_control() || is_forbidden(*character));
    found.map_or(Ok(()), |(at, character)| {
        Err(InfoTextError::Character { argument: argument.to_owned(), text: text.to_owned(), character, at })
    })
}
