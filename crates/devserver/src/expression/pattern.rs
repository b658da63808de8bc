use regex_lite::{Regex, RegexBuilder};

/// Regular expressions are POSIX: extended ones read like today's, basic ones have the meaning of most special
/// characters turned round.
pub(super) fn build_regex(pattern: &str, flags: i64) -> Option<Regex> {
    const EXTENDED: i64 = 1;
    const IGNORE_CASE: i64 = 2;
    const NEWLINE: i64 = 8;
    let pattern = if flags & EXTENDED != 0 { pattern.to_owned() } else { extended(pattern) };
    RegexBuilder::new(&pattern)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(flags & NEWLINE != 0)
        .dot_matches_new_line(flags & NEWLINE == 0)
        .build()
        .ok()
}

/// A basic regular expression as an extended one: `\(` groups, a bare `(` is a character.
fn extended(basic: &str) -> String {
    let mut out = String::with_capacity(basic.len() + 8);
    let mut characters = basic.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' | ')' | '{' | '}' | '+' | '?' | '|' => out.extend(['\\', character]),
            '\\' => match characters.next() {
                Some(escaped @ ('(' | ')' | '{' | '}' | '+' | '?' | '|')) => out.push(escaped),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}
