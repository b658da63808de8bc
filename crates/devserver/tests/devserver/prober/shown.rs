//! Replies as text in which nothing is left that differs between two servers that do the same.

use aerostride_wire::{Cursor, Field, MessageHeader, field_type, info3, read_op};

use super::requests::Kind;

const INFO: u8 = 1;
const MESSAGE: u8 = 3;

/// Whether a frame is the last one of a reply.
pub fn ends(asked: Kind, kind: u8, body: &[u8]) -> bool {
    if asked == Kind::One || kind != MESSAGE {
        return true;
    }
    let Some(last) = messages(body).pop() else { return true };
    // Scans that are refused have no last message.
    let refused = asked == Kind::Scan && last.0.result_code != 0 && last.0.info3 & info3::PARTITION_DONE == 0;
    last.0.info3 & info3::LAST != 0 || refused
}

/// A header, the fields, and the ops as text.
type Message = (MessageHeader, Vec<String>, Vec<String>);

fn messages(body: &[u8]) -> Vec<Message> {
    let mut cursor = Cursor::new(body);
    let mut all = Vec::new();
    while let Ok(header) = MessageHeader::read(&mut cursor) {
        let mut fields = Vec::new();
        for _ in 0..header.field_count {
            let Ok(Field { kind, value }) = Field::read(&mut cursor) else { return all };
            let shown = if kind == field_type::BVALS { String::new() } else { hex(value) };
            fields.push(format!("{kind}:{shown}"));
        }
        let ops = (0..header.op_count).map_while(|_| read_op(&mut cursor).ok());
        let ops = ops.map(|op| {
            let name = String::from_utf8_lossy(op.name).into_owned();
            format!("{}:{}:{name:?}:{}", op.operation, op.particle, hex(op.value))
        });
        let ops = ops.collect();
        fields.sort();
        all.push((header, fields, ops));
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A whole reply. Rows and records come in any order.
pub fn reply(asked: Kind, frames: &[(u8, Vec<u8>)]) -> String {
    if let Some((INFO, body)) = frames.first() {
        return String::from_utf8_lossy(body).lines().map(line).collect::<Vec<_>>().join("|");
    }
    if let Some((kind, body)) = frames.first().filter(|(kind, _)| *kind != MESSAGE) {
        return format!("type {kind}: {}", hex(body));
    }
    let mut all: Vec<_> =
        frames.iter().flat_map(|(_, body)| messages(body)).map(|message| show(&message)).collect();
    if asked != Kind::One {
        all.sort();
    }
    all.join(" ")
}

fn show((header, fields, ops): &Message) -> String {
    let mut text = format!("{}", header.result_code);
    let mut add = |name: &str, shown: String| {
        if !shown.is_empty() && shown != "0" {
            text.push_str(&format!(" {name}={shown}"));
        }
    };
    add("row", header.transaction.to_string());
    add("info1", header.info1.to_string());
    add("info3", header.info3.to_string());
    add("gen", header.generation.to_string());
    add("ttl", if header.ttl == 0 { String::new() } else { "some".to_owned() });
    add("fields", fields.join(","));
    add("ops", ops.join(","));
    format!("({text})")
}

/// A command with its value: errors as they are, of longer pages the names and types.
fn line(line: &str) -> String {
    let Some((command, value)) = line.split_once('\t') else { return line.to_owned() };
    let shown = if value.contains("ERROR") {
        value.to_owned()
    } else if value.contains('=') {
        value
            .split(';')
            .map(|group| group.split(':').map(pair).collect::<Vec<_>>().join(":"))
            .collect::<Vec<_>>()
            .join(";")
    } else if value.split([';', ',']).any(|word| word.len() > 5 && is_number(word)) || command == "node" {
        kind(value)
    } else {
        value.to_owned()
    };
    format!("{command} -> {shown}")
}

fn pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", kind(value)),
        None => pair.to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_ascii_hexdigit() || ".-".contains(digit))
}

fn kind(value: &str) -> String {
    match value {
        "true" | "false" => "bool",
        "null" => "null",
        _ if is_number(value) => "number",
        _ => "text",
    }
    .to_owned()
}
