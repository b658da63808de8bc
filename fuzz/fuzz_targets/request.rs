//! Requests as a server reads them: fields, ops, and the rows of batches. Whatever the bytes are, the decoder ends,
//! and what it gives lies within them.
#![no_main]

use aerostride_wire::{AdminMessage, BatchRows, Request, info1};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _admin = AdminMessage::parse(body);
    let Ok(request) = Request::parse(body) else { return };
    let count = request.ops.map(|op| op.expect("ops of a parsed request are sound")).count();
    // What a batch says of itself counts in its rows only.
    let is_batch = request.header.info1 & info1::BATCH != 0;
    assert_eq!(count, if is_batch { 0 } else { usize::from(request.header.op_count) });
    let Some(field) = request.fields.batch else { return };
    let Ok(mut rows) = BatchRows::new(field) else { return };
    let stated = rows.left();
    let mut read = 0;
    while let Ok(Some(row)) = rows.next_row() {
        read += 1;
        if let Some(template) = row.template {
            assert!(template.ops.map(|op| op.expect("ops of a parsed row are sound")).count() <= body.len());
        }
    }
    assert!(read <= stated);
});
