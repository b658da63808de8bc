use crate::{FrameType, finish_frame, start_frame};

/// Appends the info request for `names`, each ended by a newline. No names ask for everything.
pub fn encode_info_request(out: &mut Vec<u8>, names: &[&str]) {
    let start = start_frame(out, FrameType::Info);
    for name in names {
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    finish_frame(out, start);
}

/// The `(name, value)` pairs of an info reply's body, in the order of the reply. A line without a tab has an empty
/// value, which is how servers answer names that have nothing to say.
pub fn info_pairs(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split('\n').filter(|line| !line.is_empty()).map(|line| line.split_once('\t').unwrap_or((line, "")))
}
