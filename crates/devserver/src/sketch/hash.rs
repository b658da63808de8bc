//! MurmurHash3 for 64-bit machines, with 128 bits and seed 0: sketches of all servers and clients place elements by it.

const FIRST: u64 = 0x87c3_7b91_1142_53d5;
const SECOND: u64 = 0x4cf5_ad43_2745_937f;

pub(super) fn hash(bytes: &[u8]) -> (u64, u64) {
    let (mut a, mut b) = (0, 0);
    let (blocks, tail) = bytes.as_chunks::<16>();
    for block in blocks {
        let (low, high) = halves(block);
        a ^= low.wrapping_mul(FIRST).rotate_left(31).wrapping_mul(SECOND);
        a = a.rotate_left(27).wrapping_add(b).wrapping_mul(5).wrapping_add(0x52dc_e729);
        b ^= high.wrapping_mul(SECOND).rotate_left(33).wrapping_mul(FIRST);
        b = b.rotate_left(31).wrapping_add(a).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let mut last = [0; 16];
    last[..tail.len()].copy_from_slice(tail);
    let (low, high) = halves(&last);
    b ^= high.wrapping_mul(SECOND).rotate_left(33).wrapping_mul(FIRST);
    a ^= low.wrapping_mul(FIRST).rotate_left(31).wrapping_mul(SECOND);
    finish(a ^ bytes.len() as u64, b ^ bytes.len() as u64)
}

fn halves(block: &[u8; 16]) -> (u64, u64) {
    let whole = u128::from_le_bytes(*block);
    (whole as u64, (whole >> 64) as u64)
}

const fn finish(a: u64, b: u64) -> (u64, u64) {
    let a = a.wrapping_add(b);
    let b = b.wrapping_add(a);
    let (a, b) = (mix(a), mix(b));
    let a = a.wrapping_add(b);
    (a, b.wrapping_add(a))
}

const fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ value >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_text_has_its_known_hash() {
        assert_eq!(hash(b""), (0, 0));
        let (a, b) = hash(b"The quick brown fox jumps over the lazy dog");
        assert_eq!((a, b), (0xe34b_bc7b_bc07_1b6c, 0x7a43_3ca9_c49a_9347));
    }
}
