//! `regex` as the `aerospike` crate sees it, on top of `regex-lite`.
//!
//! That crate takes apart host lists, version numbers and error texts with three patterns, when it connects and when an info
//! command fails. `regex` brings an optimiser, three engines and the tables of Unicode for that: 0.7 MB, a tenth of the
//! binary that everybody downloads. `regex-lite` does the same with none of these. Only what is used is here, so that a
//! later version that uses more does not compile instead of failing when it runs.
#![forbid(unsafe_code)]
#![warn(clippy::too_many_lines)]

pub use regex_lite::{Captures, Error, Match};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Regex(regex_lite::Regex);

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If the pattern has a fault, or uses what `regex-lite` does not know.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        regex_lite::Regex::new(&without_differences(pattern)).map(Self)
    }

    /// Whether the text has a match.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The groups of the first match.
    #[must_use]
    pub fn captures<'h>(&self, text: &'h str) -> Option<Captures<'h>> {
        self.0.captures(text)
    }
}

/// The differences of classes in the pattern for hosts, which `regex-lite` does not know, as the classes they are.
fn without_differences(pattern: &str) -> String {
    pattern.replace(r"[\S--[\d:]]", r"[^\s\d:]").replace(r"[\S--:]", r"[^\s:]")
}

#[cfg(test)]
mod tests {
    use super::Regex;

    fn whole<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
        let regex = Regex::new(pattern).ok()?;
        assert_eq!(regex.is_match(text), regex.captures(text).is_some());
        regex.captures(text).and_then(|groups| groups.get(0)).map(|group| group.as_str())
    }

    #[test]
    fn differences_of_classes_are_the_classes_they_are() {
        assert_eq!(whole(r"[\S--:]+", " a1:b"), Some("a1"));
        assert_eq!(whole(r"[\S--[\d:]]+", "1:a 2"), Some("a"));
    }

    #[test]
    fn a_difference_of_other_classes_is_an_error_and_no_other_pattern() {
        assert!(Regex::new(r"[\w--[a-f]]").is_err());
    }
}
