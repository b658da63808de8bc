//! Batch replies as the client walks them. Whatever the bytes are, the walk ends, and no bin lies outside of them.
#![no_main]

use aerostride_wire::ReplyWalker;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let within = body.as_ptr_range();
    let mut walker = ReplyWalker::new(body);
    let mut last = false;
    while let Ok(Some(row)) = walker.next_row() {
        assert!(!last, "nothing may follow the last message");
        last = row.last;
        let mut bins = 0;
        while let Ok(Some(bin)) = walker.next_bin() {
            bins += 1;
            for slice in [bin.name, bin.value] {
                let range = slice.as_ptr_range();
                assert!(range.start >= within.start && range.end <= within.end);
            }
            let _particle = bin.decode();
        }
        assert!(bins <= row.op_count);
    }
});
