//! Damaged replies written into columns: an error at worst, no byte outside the claim, and a reset that leaves no trace.

use std::path::Path;

use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::sheet::{LAYOUTS, Sheet, write_body};

/// The body of the recorded reply that has every particle type.
fn recorded_body() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures/batch-read-cases.json");
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let hex = cases["all_bins_repeat"]["reply_frames"][0].as_str().unwrap();
    (16..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// A dtype over the bins of the recording that meets matching and other types.
fn dtype() -> Dtype {
    let field = |name, code, shape| FieldSpec { name, code, shape };
    Dtype::parse(&[
        field("i1", "u2", &[]),
        field("imax", "f2", &[]),
        field("d", "i1", &[]),
        field("s", "S3", &[]),
        field("b", "binary", &[]),
        field("eb", "f4", &[3]),
        field("t", "?", &[]),
        field("l", "f8", &[3]),
        field("m", "any", &[]),
        field("a", "list<f8>", &[]),
    ])
    .unwrap()
}

/// Writes `body` through a claim of the rows 1 to 4 of 6 and checks what must hold whatever it says.
fn write_hostile(body: &[u8], kind: LayoutKind, on_loss: OnLoss) {
    let dtype = dtype();
    let sheet = Sheet::new(&dtype, 6, kind, on_loss);
    let untouched = Sheet::new(&dtype, 6, kind, on_loss).close();
    let mut claim = sheet.claim_rows(vec![3, 1, 4, 2]).unwrap();
    let pass = claim.open().unwrap();
    let mut tally = sheet.tally();
    let failed = write_body(&pass, body, &mut tally).is_err();
    if failed {
        pass.reset();
    }
    drop(pass);
    drop(claim);
    let written = sheet.close();
    if failed {
        assert_eq!(written.bytes, untouched.bytes);
    }
    for row in [0, 5] {
        for (field, spec) in dtype.fields().iter().enumerate() {
            assert_eq!(written.cell(field, row, spec.size()), vec![0; spec.size()]);
            assert_eq!(written.valid(field, row), 0);
        }
        assert_eq!((written.code(row), written.generation(row), written.ttl(row)), (-15, 0, 0));
    }
    for (field, counts) in tally.conversions().iter().enumerate() {
        assert!(counts.missing + counts.mismatched <= tally.ok_rows + u64::from(failed), "field {field}");
    }
}

#[test]
fn a_recorded_body_cut_at_any_byte() {
    let body = recorded_body();
    for cut in (0..=body.len()).step_by(if cfg!(miri) { 29 } else { 1 }) {
        write_hostile(&body[..cut], LAYOUTS[cut % 3], OnLoss::Throw);
    }
}

proptest! {
    #![proptest_config(crate::cases(2048))]

    #[test]
    fn a_recorded_body_with_damage(
        damages in proptest::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..8),
        layout in 0..3_usize,
    ) {
        let mut body = recorded_body();
        for (at, byte, how) in damages {
            let at = at.index(body.len());
            match how {
                0 => body[at] = byte,
                1 => body[at] ^= 1 << (byte % 8),
                2 => { body.remove(at); }
                _ => body.insert(at, byte),
            }
        }
        for on_loss in [OnLoss::Allow, OnLoss::Null, OnLoss::Throw] {
            write_hostile(&body, LAYOUTS[layout], on_loss);
        }
    }

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300), layout in 0..3_usize) {
        write_hostile(&bytes, LAYOUTS[layout], OnLoss::Throw);
    }

    /// Bytes where only the bins' values are arbitrary, so that every one is reached.
    #[test]
    fn arbitrary_values_of_every_type(
        bins in proptest::collection::vec(
            (0..10_usize, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)),
            0..12,
        ),
        layout in 0..3_usize,
    ) {
        let dtype = dtype();
        let bins: Vec<_> =
            bins.iter().map(|(f, kind, v)| (dtype.fields()[*f].name.as_str(), kind % 24, v.clone())).collect();
        let mut body = Vec::new();
        crate::reply::put_row(&mut body, crate::reply::success(2), &bins);
        write_hostile(&body, LAYOUTS[layout], OnLoss::Throw);
    }
}
