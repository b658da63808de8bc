//! Writes the recordings of real traffic as the first inputs of the fuzz targets: `cargo run -p aerostride-fuzz-seeds` in fuzz/.

use std::fs;
use std::path::Path;

use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seeds = Vec::new();
    for entry in fs::read_dir(root.join("../fixtures/captures"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            gather(&serde_json::from_str(&fs::read_to_string(path)?)?, false, &mut seeds);
        }
    }
    // The last four bytes of `stream_into_columns` say how the reply is taken: as one frame, into up to 100 rows of one of the
    // dtypes.
    let wholes: &[&[u8]] = &[&[255, 100, 0, 0], &[255, 100, 0, 9], &[255, 100, 0, 12]];
    let targets = [
        ("request", false, 8, &[&[][..]][..]),
        ("reply", true, 8, &[&[]]),
        ("stream_into_columns", true, 8, wholes),
        ("serve", false, 0, &[&[]]),
    ];
    for (target, is_reply, header, tails) in targets {
        let corpus = root.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        let chosen = seeds.iter().filter(|(reply, frame)| *reply == is_reply && frame.len() >= header);
        let mut count = 0;
        for (index, (_, frame)) in chosen.enumerate() {
            for (form, tail) in tails.iter().enumerate() {
                fs::write(
                    corpus.join(format!("recorded-{index}-{form}")),
                    [&frame[header..], tail].concat(),
                )?;
                count += 1;
            }
        }
        println!("{target}: {count} inputs");
    }
    Ok(())
}

/// Finds every frame in a recording, and whether it is a reply.
fn gather(value: &Value, reply: bool, seeds: &mut Vec<(bool, Vec<u8>)>) {
    match value {
        Value::Object(object) => {
            let reply = object.get("dir").map_or(reply, |dir| dir == "reply");
            for (name, value) in object {
                match (name.as_str(), value) {
                    ("text", Value::String(text)) => seeds.push((reply, info_frame(text))),
                    ("hex" | "request", Value::String(hex)) => {
                        seeds.extend(decode(hex).map(|frame| (reply, frame)))
                    }
                    ("reply_frames", Value::Array(frames)) => {
                        let frames = frames.iter().filter_map(Value::as_str).filter_map(decode);
                        seeds.extend(frames.map(|frame| (true, frame)));
                    }
                    _ => gather(value, reply, seeds),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, reply, seeds)),
        _ => {}
    }
}

fn info_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![2, 1];
    frame.extend_from_slice(&(text.len() as u64).to_be_bytes()[2..]);
    frame.extend_from_slice(text.as_bytes());
    frame
}

fn decode(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}
