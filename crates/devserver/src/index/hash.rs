//! The numbers that text and bytes have in a secondary index: wyhash, final version 3, with the seed of real servers, since
//! clients send the numbers back to resume.

const SECRETS: [u64; 4] =
    [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3];
const SEED: u64 = 0x0002_9fbb_14cc_886f;

pub(super) fn hash(bytes: &[u8]) -> i64 {
    let mut seed = SEED ^ SECRETS[0];
    let (a, b) = match bytes.len() {
        0 => (0, 0),
        length @ 1..=3 => {
            let byte = |at: usize| u64::from(bytes[at]);
            (byte(0) << 16 | byte(length / 2) << 8 | byte(length - 1), 0)
        }
        length @ 4..=16 => {
            let inner = length / 8 * 4;
            let end = length - 4;
            (four(bytes, 0) << 32 | four(bytes, inner), four(bytes, end) << 32 | four(bytes, end - inner))
        }
        length => {
            seed = fold(bytes, seed);
            (eight(bytes, length - 16), eight(bytes, length - 8))
        }
    };
    mix(SECRETS[1] ^ bytes.len() as u64, mix(a ^ SECRETS[1], b ^ seed)) as i64
}

/// Everything but the last 1 to 16 bytes, in blocks of 48 and of 16.
fn fold(bytes: &[u8], mut seed: u64) -> u64 {
    let mut at = 0;
    let pair = |at: usize, secret: usize, lane: u64| {
        mix(eight(bytes, at) ^ SECRETS[secret], eight(bytes, at + 8) ^ lane)
    };
    if bytes.len() > 48 {
        let (mut second, mut third) = (seed, seed);
        while bytes.len() - at > 48 {
            seed = pair(at, 1, seed);
            second = pair(at + 16, 2, second);
            third = pair(at + 32, 3, third);
            at += 48;
        }
        seed ^= second ^ third;
    }
    while bytes.len() - at > 16 {
        seed = pair(at, 1, seed);
        at += 16;
    }
    seed
}

fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

fn four(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from(u32::from_le_bytes(*chunk)))
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_a_real_server() {
        let recorded: [(&[u8], u64); 4] = [
            (b"red", 0xa9c1_8357_25bf_919b),
            (&[3, 0xff], 0xae57_4e46_c9a3_d588),
            (b"x3", 0xf6e6_d786_addc_1c82),
            (b"k3", 0xe75f_6c09_12fc_185f),
        ];
        for (bytes, expected) in recorded {
            assert_eq!(hash(bytes) as u64, expected, "{bytes:?}");
        }
        // One value of each length, so that none goes beyond its bytes and no two are equal.
        let long: Vec<u8> = (0..=255).collect();
        let all: std::collections::BTreeSet<_> = (0..=long.len()).map(|end| hash(&long[..end])).collect();
        assert_eq!(all.len(), long.len() + 1);
        assert_eq!(hash(b"") as u64, 0xda34_2175_7d70_ae2d);
    }
}
