//! Counts that sketches stand for, by the estimator of Otmar Ertl (2017).

use super::registers::Sketch;

/// Zeros that a register counts to.
const MOST: usize = 64;

/// How many different elements a sketch has noted.
pub(super) fn count(sketch: &Sketch) -> u64 {
    if sketch.cache != 0 {
        return sketch.cache;
    }
    let registers = sketch.registers.len() as f64;
    let mut counts = [0.0; MOST + 1];
    sketch
        .registers
        .iter()
        .for_each(|register| counts[(register >> sketch.minhash_bits) as usize & 63] += 1.0);
    let full = registers * tau(counts[MOST] / registers);
    let sum = counts[1..].iter().rev().fold(full, |sum, count| 0.5 * (sum + count));
    let sum = sum + registers * sigma(counts[0] / registers);
    (alpha(sketch.index_bits) * registers * registers / sum).round() as u64
}

/// How many elements all sketches have noted.
pub(super) fn intersection(all: &[Sketch]) -> u64 {
    let union = Sketch::union(all);
    if union.minhash_bits == 0 {
        let sum: u64 = all.iter().map(count).fold(0, u64::saturating_add);
        let [a, b, c] = all else { return sum.saturating_sub(count(&union)) };
        let pair = |a: &Sketch, b: &Sketch| intersection(&[a.clone(), b.clone()]);
        let pairs = pair(a, b) + pair(b, c) + pair(a, c);
        return (count(&union) + pairs).saturating_sub(sum);
    }
    let share = similarity(all);
    if share.is_nan() { 0 } else { (count(&union) as f64 * share).round() as u64 }
}

/// The share of the elements that all sketches have noted among those that any has.
pub(super) fn similarity(all: &[Sketch]) -> f64 {
    let union = Sketch::union(all);
    if union.minhash_bits == 0 {
        return intersection(all) as f64 / count(&union) as f64;
    }
    let is_empty = |sketch: &Sketch| sketch.registers.iter().all(|register| *register == 0);
    if all.iter().any(is_empty) {
        return if all.iter().all(is_empty) { f64::NAN } else { 0.0 };
    }
    let mut common = Sketch::fitting(all);
    if let Some((first, others)) = all.split_first() {
        common.absorb(first);
        others.iter().for_each(|other| keep_equal(&mut common, other));
    }
    let used = |sketch: &Sketch| sketch.registers.iter().filter(|register| **register != 0).count() as f64;
    let chance = if let [a, b] = all { collisions(&union, count(a), count(b)) } else { 0.0 };
    ((used(&common) - chance) / used(&union)).max(0.0)
}

fn keep_equal(common: &mut Sketch, other: &Sketch) {
    let mask = common.registers.len() - 1;
    for (index, register) in other.registers.iter().enumerate() {
        let own = &mut common.registers[index & mask];
        if own != register {
            *own = 0;
        }
    }
}

/// Registers of two sketches that are equal by chance.
fn collisions(shape: &Sketch, a: u64, b: u64) -> f64 {
    let registers = shape.registers.len() as f64;
    let chance = |zeros: i32| {
        let low = if zeros == MOST as i32 { 0.0 } else { 2_f64.powi(-zeros) / registers };
        let high = 2_f64.powi(1 - zeros) / registers;
        let of = |elements: u64| (1.0 - low).powf(elements as f64) - (1.0 - high).powf(elements as f64);
        of(a) * of(b)
    };
    let sum: f64 = (1..=MOST as i32).map(chance).sum();
    sum * registers / 2_f64.powi(i32::from(shape.minhash_bits))
}

fn alpha(index_bits: u8) -> f64 {
    match index_bits {
        4 => 0.673,
        5 => 0.697,
        6 => 0.709,
        bits => 0.7213 / (1.0 + 1.079 / f64::from(1_u32 << bits)),
    }
}

fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * y;
        y += y;
        if sum <= before {
            return sum;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut rest) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = rest;
        y *= 0.5;
        rest -= (1.0 - x).powi(2) * y;
        if rest >= before {
            return rest / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u32) -> Vec<u8> {
        format!("\u{a5}\u{3}{number:04}").chars().map(|c| c as u8).collect()
    }

    fn sketch(numbers: std::ops::Range<u32>, minhash_bits: u8) -> Sketch {
        let mut sketch = Sketch::new(12, minhash_bits).unwrap();
        numbers.for_each(|number| {
            sketch.add(&text(number));
        });
        sketch
    }

    #[test]
    fn counts_are_near_the_truth() {
        for count in [0, 1, 5, 100, 3000] {
            let estimate = self::count(&sketch(0..count, 0)) as f64;
            assert!((estimate - f64::from(count)).abs() <= f64::from(count) * 0.05, "{count}: {estimate}");
        }
    }

    #[test]
    fn sketches_are_joined_and_compared() {
        let pair = [sketch(0..2000, 20), sketch(1000..3000, 20)];
        assert!((count(&Sketch::union(&pair)) as f64 - 3000.0).abs() < 150.0);
        assert!((intersection(&pair) as f64 - 1000.0).abs() < 150.0, "{}", intersection(&pair));
        assert!((similarity(&pair) - 0.333).abs() < 0.05, "{}", similarity(&pair));
        let folded = Sketch::union(&[sketch(0..2000, 0), Sketch::new(8, 0).unwrap()]);
        assert!((count(&folded) as f64 - 2000.0).abs() < 400.0);
    }

    #[test]
    fn what_was_added_may_be_contained_and_survives_encoding() {
        let sketch = sketch(0..500, 10);
        assert!((0..500).all(|number| sketch.may_contain(&text(number))));
        assert!((500..1000).filter(|number| sketch.may_contain(&text(*number))).count() < 50);
        assert_eq!(Sketch::parse(&sketch.encode()).as_ref(), Some(&sketch));
        assert_eq!(Sketch::parse(&sketch.encode()[1..]), None);
    }
}
