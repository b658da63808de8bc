//! Regular expressions, as real servers have them from the C library: of POSIX, of bytes, and up to the first NUL.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use regex_lite::{Regex, RegexBuilder};

const EXTENDED: i64 = 1;
const IGNORE_CASE: i64 = 2;
const NEWLINE: i64 = 4;

/// Compiles a pattern; none for one that is wrong, or has references to groups.
pub(super) fn build_regex(pattern: &[u8], flags: i64) -> Option<Regex> {
    let newline = flags & NEWLINE != 0;
    let pattern = Translation::of(&characters(pattern), flags & EXTENDED != 0, newline)?;
    RegexBuilder::new(&pattern)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(newline)
        .dot_matches_new_line(!newline)
        .build()
        .ok()
}

/// The bytes before the first NUL, each as a character of its own.
pub(super) fn characters(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// A pattern on its way into the language of the crate.
struct Translation<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    extended: bool,
    newline: bool,
    /// Groups that are open.
    depth: usize,
    /// Whether nothing stands before that could be repeated.
    begins: bool,
}

impl<'a> Translation<'a> {
    fn of(pattern: &'a str, extended: bool, newline: bool) -> Option<String> {
        let out = String::with_capacity(pattern.len() + 8);
        let rest = pattern.chars().peekable();
        let mut all = Self { rest, out, extended, newline, depth: 0, begins: true };
        while let Some(character) = all.rest.next() {
            all.add(character)?;
        }
        Some(all.out)
    }

    fn add(&mut self, character: char) -> Option<()> {
        let begins = std::mem::take(&mut self.begins);
        match character {
            '\\' => {
                let escaped = self.rest.next()?;
                self.escaped(escaped)?;
            }
            '[' => self.bracket()?,
            '*' if begins && !self.extended => self.literal('*'),
            '*' | '+' | '?' if begins && self.extended => return None,
            '*' if !self.extended && self.rest.peek() == Some(&'*') => return None,
            '^' => {
                self.begins = begins;
                self.out.push('^');
            }
            '(' | ')' | '{' | '}' | '+' | '?' | '|' => {
                if self.extended {
                    self.operator(character);
                } else {
                    self.literal(character);
                }
            }
            '*' | '$' | '.' => self.out.push(character),
            _ => self.literal(character),
        }
        Some(())
    }

    /// A backslash makes operators of basic expressions and characters of extended ones, and a few letters special.
    fn escaped(&mut self, character: char) -> Option<()> {
        match character {
            '(' | ')' | '{' | '}' | '+' | '?' | '|' if !self.extended => self.operator(character),
            'w' | 'W' | 's' | 'S' | 'b' | 'B' | '<' | '>' => self.out.extend(['\\', character]),
            '`' => self.out.push_str("\\A"),
            '\'' => self.out.push_str("\\z"),
            '1'..='9' => return None,
            _ => self.literal(character),
        }
        Some(())
    }

    fn operator(&mut self, character: char) {
        match character {
            '(' => self.depth += 1,
            ')' if self.depth > 0 => self.depth -= 1,
            ')' if self.extended => return self.literal(')'),
            _ => {}
        }
        self.begins = matches!(character, '(' | '|');
        self.out.push(character);
        if character == '{' && self.rest.peek() == Some(&',') {
            self.out.push('0');
        }
    }

    fn literal(&mut self, character: char) {
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// One of several characters. A backslash is one of them, and so is a bracket that closes where it is the first.
    fn bracket(&mut self) -> Option<()> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push_str(if self.newline { "^\n" } else { "^" });
        }
        let mut character = self.rest.next()?;
        loop {
            if character == '[' && self.rest.next_if_eq(&':').is_some() {
                self.class()?;
            } else {
                let low = self.named(character)?;
                self.range(low)?;
            }
            character = self.rest.next()?;
            if character == ']' {
                self.out.push(']');
                return Some(());
            }
        }
    }

    /// The character that stands here, also as `[.x.]` or `[=x=]`.
    fn named(&mut self, character: char) -> Option<char> {
        let Some(kind) = self.rest.next_if(|&next| character == '[' && matches!(next, '.' | '=')) else {
            return Some(character);
        };
        let named = self.rest.next()?;
        (self.rest.next()? == kind && self.rest.next()? == ']').then_some(named)
    }

    fn class(&mut self) -> Option<()> {
        self.out.push_str("[:");
        loop {
            let character = self.rest.next()?;
            self.out.push(character);
            if character == ':' && self.rest.next_if_eq(&']').is_some() {
                self.out.push(']');
                return Some(());
            }
        }
    }

    /// A character, or those up to another one.
    fn range(&mut self, low: char) -> Option<()> {
        self.literal(low);
        if !self.goes_on() {
            return Some(());
        }
        self.rest.next();
        let high = self.rest.next()?;
        let high = self.named(high)?;
        self.out.push('-');
        self.literal(high);
        (low <= high && !self.goes_on()).then_some(())
    }

    /// Whether a `-` comes that is not the last in the brackets.
    fn goes_on(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next() == Some('-') && ahead.next() != Some(']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, flags: i64, text: &str) -> Option<bool> {
        Some(build_regex(pattern.as_bytes(), flags)?.is_match(&characters(text.as_bytes())))
    }

    /// What a real server has answered.
    #[test]
    fn patterns_are_those_of_posix() {
        for (pattern, yes, no) in [
            (r"\d", "d", "5"),
            (r"[\d]", r"\", "5"),
            (r"[\]", r"\", "5"),
            (r"[\]]", r"\]", "]"),
            ("[]a]", "]", "b"),
            ("^[^]a]$", "b", "]"),
            ("[a&&b]", "a", "c"),
            ("[[]", "[", "]"),
            ("[[.a.]]", "a", "."),
            ("^[[:alpha:][:digit:]]$", "5", ":"),
            ("^[a-]$", "-", "b"),
            ("^..$", "é", "5"),
            (r"\`a", "ab", "ba"),
            (r"a\'", "ba", "ab"),
            (r"\<a", "b a", "ba"),
            ("ab\0[", "ab", "a"),
            ("^ab$", "ab\0c", "abc"),
            ("c$", "c", "ab\0c"),
        ] {
            for flags in [0, EXTENDED] {
                assert_eq!(matches(pattern, flags, yes), Some(true), "{pattern} {yes}");
                assert_eq!(matches(pattern, flags, no), Some(false), "{pattern} {no}");
            }
        }
        for (pattern, flags, text) in [
            ("*a", 0, "*a"),
            ("^*a", 0, "*a"),
            ("a+", 0, "a+"),
            (r"a\+$", 0, "aa"),
            (r"^\(a\|b\)\{2\}$", 0, "ab"),
            ("^(a|b){,1}$", EXTENDED, ""),
            ("^(a|b){1,2}$", EXTENDED, "ab"),
            (r"^a\{1,2\}$", 0, "aa"),
            ("ab)", EXTENDED, "ab)"),
            ("^B$", EXTENDED | IGNORE_CASE | NEWLINE, "a\nb"),
        ] {
            assert_eq!(matches(pattern, flags, text), Some(true), "{pattern} {text}");
        }
        assert_eq!(matches("a[^x]b", NEWLINE, "a\nb"), Some(false));
        assert_eq!(matches("a.b", NEWLINE, "a\nb"), Some(false));
        assert_eq!(matches("a.b", 8, "a\nb"), Some(true));
    }

    #[test]
    fn characters_stand_for_themselves() {
        for character in (1..=255).map(char::from).filter(|character| *character != '^') {
            let in_brackets = format!("^[{character}]$");
            let text: String = character.into();
            let bytes: Vec<u8> = text.chars().map(|character| character as u8).collect();
            let regex = build_regex(&in_brackets.bytes().collect::<Vec<_>>(), 0);
            if character.is_ascii() && character != '[' && character != ']' {
                assert!(regex.unwrap().is_match(&characters(&bytes)), "{character:?}");
            }
            if character.is_ascii_punctuation() && !"^.[$()|*+?{\\".contains(character) {
                assert_eq!(matches(&format!("^{character}$"), EXTENDED, &text), Some(true), "{character:?}");
            }
        }
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for (pattern, flags) in [
            ("[\0]", 0),
            ("[a-", 0),
            ("[z-a]", 0),
            ("[a-b-c]", 0),
            ("[[:foo:]]", 0),
            ("\\", 0),
            ("a**", 0),
            ("(ab", EXTENDED),
            ("^*a", EXTENDED),
            ("(?i)ab", EXTENDED),
            ("(*a)", EXTENDED),
            ("a|*b", EXTENDED),
        ] {
            assert!(matches(pattern, flags, "").is_none(), "{pattern}");
        }
    }
}
