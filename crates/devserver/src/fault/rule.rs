use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::{Fault, Trigger, WrongIndex, WrongPartition, WrongSize, WrongTrailer};

/// When something goes wrong, and what.
///
/// A rule fires for every event that it covers, unless it is narrowed:
///
/// ```
/// use std::time::Duration;
/// use aerostride_devserver::{Fault, FaultRule, Trigger};
///
/// // The second and the third batch on node 0 are answered a second late, each with a chance of one half.
/// let rule = FaultRule::new(Trigger::Batch, Fault::Delay(Duration::from_secs(1)))
///     .node(0)
///     .skip(1)
///     .times(2)
///     .chance(0.5);
/// // The same in words, as a command line has it.
/// assert_eq!("on=batch node=0 skip=1 times=2 chance=0.5 delay=1000".parse(), Ok(rule));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FaultRule {
    pub(super) trigger: Trigger,
    pub(super) fault: Fault,
    pub(super) node: Option<usize>,
    pub(super) connection: Option<u64>,
    pub(super) info: Option<String>,
    pub(super) skip: u64,
    pub(super) times: u64,
    pub(super) chance: f64,
}

impl FaultRule {
    /// A rule that fires at every event of that kind.
    pub const fn new(trigger: Trigger, fault: Fault) -> Self {
        Self {
            trigger,
            fault,
            node: None,
            connection: None,
            info: None,
            skip: 0,
            times: u64::MAX,
            chance: 1.0,
        }
    }

    /// Only on this node.
    pub const fn node(mut self, node: usize) -> Self {
        self.node = Some(node);
        self
    }

    /// Only on the connection of this number; a node counts its connections from 1.
    pub const fn connection(mut self, connection: u64) -> Self {
        self.connection = Some(connection);
        self
    }

    /// Only on info requests that contain this text.
    pub fn info(mut self, text: impl Into<String>) -> Self {
        self.info = Some(text.into());
        self
    }

    /// The first so many events pass.
    pub const fn skip(mut self, events: u64) -> Self {
        self.skip = events;
        self
    }

    /// It fires at most so many times.
    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// It fires with this probability, 0 to 1. Which events it hits follows from the server's seed and from how many
    /// events there were before, so that a run can be repeated.
    pub const fn chance(mut self, chance: f64) -> Self {
        self.chance = chance;
        self
    }
}

/// Words that are no [`FaultRule`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseRuleError {
    /// A word that means nothing.
    #[error("unknown word {0:?} in a fault rule")]
    Word(String),
    /// A value that its word cannot have.
    #[error("{value:?} is not a value for {word:?} in a fault rule")]
    Value {
        /// The word.
        word: String,
        /// Its value.
        value: String,
    },
    /// Nothing goes wrong, or two things do.
    #[error("a fault rule needs exactly one fault")]
    Fault,
}

impl FromStr for FaultRule {
    type Err = ParseRuleError;

    /// Reads a rule as words: the conditions `on=` `node=` `connection=` `info=` `skip=` `times=` `chance=`, and one
    /// fault, `delay=MS` `drip=MS` `cut=BYTES` `stall=BYTES` `refuse` `close` `silence` `size=zero|short|long|huge`
    /// `version=N` `type=N` `index=foreign|doubled` `lose=ROWS` `double=ROWS` `trailer=doubled|missing|CODE`
    /// `code=CODE` or `code=CODExROWS` `partition=foreign|early` `abort=ROWS` `particle=N` `name-beyond-op` `stale`
    /// `garbage=BYTES`.
    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        let mut rule = Self::new(Trigger::Any, Fault::Close);
        let mut fault = None;
        for word in text.split_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let bad = || ParseRuleError::Value { word: name.to_owned(), value: value.to_owned() };
            match name {
                "on" => rule.trigger = trigger(value).ok_or_else(bad)?,
                "node" => rule.node = Some(value.parse().map_err(|_| bad())?),
                "connection" => rule.connection = Some(value.parse().map_err(|_| bad())?),
                "info" => rule.info = Some(value.to_owned()),
                "skip" => rule.skip = value.parse().map_err(|_| bad())?,
                "times" => rule.times = value.parse().map_err(|_| bad())?,
                "chance" => rule.chance = probability(value).ok_or_else(bad)?,
                _ => {
                    let parsed =
                        parse_fault(name, value).ok_or_else(|| ParseRuleError::Word(word.to_owned()))?;
                    if fault.replace(parsed).is_some() {
                        return Err(ParseRuleError::Fault);
                    }
                }
            }
        }
        rule.fault = fault.ok_or(ParseRuleError::Fault)?;
        Ok(rule)
    }
}

fn trigger(value: &str) -> Option<Trigger> {
    Some(match value {
        "connect" => Trigger::Connect,
        "info" => Trigger::Info,
        "admin" => Trigger::Admin,
        "read" => Trigger::Read,
        "write" => Trigger::Write,
        "batch" => Trigger::Batch,
        "scan" => Trigger::Scan,
        "any" => Trigger::Any,
        _ => return None,
    })
}

fn probability(value: &str) -> Option<f64> {
    value.parse().ok().filter(|chance| (0.0..=1.0).contains(chance))
}

fn size(value: &str) -> Option<WrongSize> {
    Some(match value {
        "zero" => WrongSize::Zero,
        "short" => WrongSize::Short,
        "long" => WrongSize::Long,
        "huge" => WrongSize::Huge,
        _ => return None,
    })
}

/// `CODE` for all rows, or `CODExROWS`.
fn code(value: &str) -> Option<Fault> {
    let (code, rows) = value.split_once('x').map_or((value, None), |(code, rows)| (code, Some(rows)));
    Some(Fault::Code { code: code.parse().ok()?, rows: rows.map_or(Ok(usize::MAX), str::parse).ok()? })
}

fn parse_fault(name: &str, value: &str) -> Option<Fault> {
    let milliseconds = || value.parse().ok().map(Duration::from_millis);
    Some(match name {
        "delay" => Fault::Delay(milliseconds()?),
        "drip" => Fault::Drip(milliseconds()?),
        "cut" => Fault::Cut(value.parse().ok()?),
        "stall" => Fault::Stall(value.parse().ok()?),
        "refuse" if value.is_empty() => Fault::Refuse,
        "close" if value.is_empty() => Fault::Close,
        "silence" if value.is_empty() => Fault::Silence,
        "size" => Fault::Size(size(value)?),
        "version" => Fault::Version(value.parse().ok()?),
        "type" => Fault::Type(value.parse().ok()?),
        "index" if value == "foreign" => Fault::Index(WrongIndex::Foreign),
        "index" if value == "doubled" => Fault::Index(WrongIndex::Doubled),
        "lose" => Fault::LoseRows(value.parse().ok()?),
        "double" => Fault::DoubleRows(value.parse().ok()?),
        "partition" if value == "foreign" => Fault::Partition(WrongPartition::Foreign),
        "partition" if value == "early" => Fault::Partition(WrongPartition::Early),
        "abort" => Fault::Abort(value.parse().ok()?),
        "trailer" if value == "doubled" => Fault::Trailer(WrongTrailer::Doubled),
        "trailer" if value == "missing" => Fault::Trailer(WrongTrailer::Missing),
        "trailer" => Fault::Trailer(WrongTrailer::Code(value.parse().ok()?)),
        "code" => code(value)?,
        "particle" => Fault::Particle(value.parse().ok()?),
        "name-beyond-op" if value.is_empty() => Fault::NameBeyondOp,
        "stale" if value.is_empty() => Fault::Stale,
        "garbage" => Fault::Garbage(value.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_words() {
        let cases = [
            ("delay=5", Fault::Delay(Duration::from_millis(5))),
            ("drip=1", Fault::Drip(Duration::from_millis(1))),
            ("cut=3", Fault::Cut(3)),
            ("refuse", Fault::Refuse),
            ("close", Fault::Close),
            ("silence", Fault::Silence),
            ("size=huge", Fault::Size(WrongSize::Huge)),
            ("version=3", Fault::Version(3)),
            ("type=9", Fault::Type(9)),
            ("index=foreign", Fault::Index(WrongIndex::Foreign)),
            ("index=doubled", Fault::Index(WrongIndex::Doubled)),
            ("lose=2", Fault::LoseRows(2)),
            ("double=2", Fault::DoubleRows(2)),
            ("partition=foreign", Fault::Partition(WrongPartition::Foreign)),
            ("partition=early", Fault::Partition(WrongPartition::Early)),
            ("abort=7", Fault::Abort(7)),
            ("stall=9", Fault::Stall(9)),
            ("trailer=missing", Fault::Trailer(WrongTrailer::Missing)),
            ("trailer=8", Fault::Trailer(WrongTrailer::Code(8))),
            ("code=9", Fault::Code { code: 9, rows: usize::MAX }),
            ("code=18x3", Fault::Code { code: 18, rows: 3 }),
            ("particle=99", Fault::Particle(99)),
            ("name-beyond-op", Fault::NameBeyondOp),
            ("stale", Fault::Stale),
            ("garbage=100", Fault::Garbage(100)),
        ];
        for (words, fault) in cases {
            assert_eq!(words.parse(), Ok(FaultRule::new(Trigger::Any, fault)), "{words}");
        }
    }

    #[test]
    fn what_is_no_rule_is_named() {
        let error = |words: &str| words.parse::<FaultRule>().unwrap_err().to_string();
        assert_eq!(error("on=batch"), "a fault rule needs exactly one fault");
        assert_eq!(error("close refuse"), "a fault rule needs exactly one fault");
        assert_eq!(error("on=lunch close"), "\"lunch\" is not a value for \"on\" in a fault rule");
        assert_eq!(error("chance=2 close"), "\"2\" is not a value for \"chance\" in a fault rule");
        assert_eq!(error("explode"), "unknown word \"explode\" in a fault rule");
    }
}
