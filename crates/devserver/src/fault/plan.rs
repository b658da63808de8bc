use std::sync::atomic::{AtomicU64, Ordering};

use super::{Fault, FaultRule, Trigger};

/// The rules of a server, with how often each was asked and has fired.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    seed: u64,
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    rule: FaultRule,
    events: AtomicU64,
    fired: AtomicU64,
}

/// Something that rules may react to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'b> {
    pub(crate) trigger: Trigger,
    pub(crate) node: usize,
    /// Number of the connection, from 1.
    pub(crate) connection: u64,
    /// Body of the request.
    pub(crate) body: &'b [u8],
}

/// A fault that happens now, and what its random choices come from.
#[derive(Debug, Clone)]
pub(crate) struct Fired {
    pub(crate) fault: Fault,
    pub(crate) random: Random,
}

impl Plan {
    pub(crate) fn new(seed: u64, rules: Vec<FaultRule>) -> Self {
        let counted = |rule| Counted { rule, events: AtomicU64::new(0), fired: AtomicU64::new(0) };
        Self { seed, rules: rules.into_iter().map(counted).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How often rules have fired.
    pub(crate) fn fired(&self) -> u64 {
        self.rules.iter().map(|counted| counted.fired.load(Ordering::Relaxed)).sum()
    }

    /// The faults of all rules that fire at this event, in the order of the rules.
    pub(crate) fn react(&self, event: &Event<'_>) -> Vec<Fired> {
        let fires = |(index, counted): (usize, &Counted)| counted.fires(event, self.random(index));
        self.rules.iter().enumerate().filter_map(fires).collect()
    }

    fn random(&self, rule: usize) -> Random {
        Random(self.seed ^ (rule as u64 + 1).wrapping_mul(0xa076_1d64_78bd_642f))
    }
}

impl Counted {
    fn fires(&self, event: &Event<'_>, mut random: Random) -> Option<Fired> {
        if !self.rule.covers(event) {
            return None;
        }
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        // Each event has its own number, and so its own choice, whatever other rules do.
        random.0 = random.0.wrapping_add(number.wrapping_mul(0xe703_7ed1_a0b4_28db));
        if number < self.rule.skip || random.unit() >= self.rule.chance {
            return None;
        }
        let within = |fired| (fired < self.rule.times).then_some(fired + 1);
        self.fired.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).ok()?;
        Some(Fired { fault: self.rule.fault.clone(), random })
    }
}

impl FaultRule {
    fn covers(&self, event: &Event<'_>) -> bool {
        self.trigger.covers(event.trigger)
            && self.node.is_none_or(|node| node == event.node)
            && self.connection.is_none_or(|connection| connection == event.connection)
            && self
                .info
                .as_ref()
                .is_none_or(|text| event.trigger == Trigger::Info && contains(event.body, text.as_bytes()))
    }
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

/// Random numbers that a seed decides (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to just below 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `count` different numbers below `limit`, or all of them.
    pub(crate) fn choose(&mut self, count: usize, limit: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..limit).collect();
        let count = count.min(limit);
        for place in 0..count {
            let other = place + (self.next() % (limit - place) as u64) as usize;
            numbers.swap(place, other);
        }
        numbers.truncate(count);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(trigger: Trigger) -> Event<'static> {
        Event { trigger, node: 0, connection: 1, body: b"" }
    }

    fn hits(plan: &Plan, events: usize) -> Vec<usize> {
        (0..events).filter(|_| !plan.react(&event(Trigger::Batch)).is_empty()).collect()
    }

    #[test]
    fn rules_skip_count_and_end() {
        let rule = FaultRule::new(Trigger::Batch, Fault::Close).skip(2).times(3);
        let plan = Plan::new(1, vec![rule]);
        assert!(plan.react(&event(Trigger::Read)).is_empty());
        assert_eq!(hits(&plan, 10), [2, 3, 4]);
        assert_eq!(plan.fired(), 3);
    }

    #[test]
    fn the_seed_decides_which_events_are_hit() {
        let plan = |seed| Plan::new(seed, vec![FaultRule::new(Trigger::Any, Fault::Close).chance(0.3)]);
        let first = hits(&plan(7), 1000);
        assert_eq!(first, hits(&plan(7), 1000));
        assert_ne!(first, hits(&plan(8), 1000));
        assert!((250..350).contains(&first.len()), "{}", first.len());
    }

    #[test]
    fn any_request_is_no_connection() {
        let plan = Plan::new(0, vec![FaultRule::new(Trigger::Any, Fault::Close)]);
        assert!(plan.react(&event(Trigger::Connect)).is_empty());
        assert_eq!(plan.react(&event(Trigger::Scan)).len(), 1);
    }
}
