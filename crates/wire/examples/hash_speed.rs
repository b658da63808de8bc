//! Time of hashing 10,000 string keys, one by one and several at once: `cargo run --release --example hash_speed`.
use std::time::Instant;

use aerostride_wire::{Digest, KeyParts, KeyType, digest, digest_all};

fn main() {
    let keys: Vec<String> = (0..10_000).map(|i| format!("sensor_{i}")).collect();
    let parts =
        || keys.iter().map(|k| KeyParts { set: b"sensors", kind: KeyType::String, bytes: k.as_bytes() });
    let mut out: Vec<Digest> = Vec::with_capacity(keys.len());
    let mut best = [f64::MAX; 2];
    for _ in 0..50 {
        out.clear();
        let start = Instant::now();
        out.extend(parts().map(|k| digest(k.set, k.kind, k.bytes)));
        best[0] = best[0].min(start.elapsed().as_secs_f64());
        out.clear();
        let start = Instant::now();
        digest_all(parts(), &mut out);
        best[1] = best[1].min(start.elapsed().as_secs_f64());
    }
    println!("one by one {:.3} ms, several at once {:.3} ms", best[0] * 1e3, best[1] * 1e3);
}
