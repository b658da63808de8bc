//! Info requests and replies against the recordings.

use aerostride_wire::{InfoCommand, InfoTextError, check_info_name, encode_info_request, info_pairs};

use crate::recorded::capture;

#[test]
fn recorded_replies_are_one_pair_of_the_name_that_was_asked() {
    let replies = capture("info-replies.json");
    let replies = replies.as_object().unwrap();
    assert!(replies.len() > 25);
    for (name, reply) in replies.iter().filter(|(name, _)| *name != "(empty request)") {
        let reply = reply.as_str().unwrap();
        let pairs: Vec<_> = info_pairs(reply).collect();
        let value =
            reply.strip_prefix(name.as_str()).unwrap().trim_start_matches('\t').trim_end_matches('\n');
        assert_eq!(pairs, [(name.as_str(), value)]);
    }
}

#[test]
fn an_empty_request_lists_every_name_once_and_in_order() {
    let replies = capture("info-replies.json");
    let pairs: Vec<_> = info_pairs(replies["(empty request)"].as_str().unwrap()).collect();
    assert_eq!(pairs.len(), 15);
    assert_eq!(pairs[0].0, "features");
    let mut names: Vec<_> = pairs.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 15);
}

#[test]
fn the_handshakes_of_three_clients_pair_what_they_asked_with_what_was_answered() {
    for file in ["node-6.7.1.json", "aerospike-crate-3.0.0.json", "aerospike-py-0.14.4.json"] {
        for connection in capture(file)["handshake"].as_array().unwrap() {
            for exchange in connection.as_array().unwrap().chunks(2) {
                let (request, reply) = (exchange[0]["text"].as_str(), exchange[1]["text"].as_str());
                let asked: Vec<_> = request.unwrap().lines().collect();
                let answered: Vec<_> = info_pairs(reply.unwrap()).map(|(name, _)| name).collect();
                assert_eq!(answered, asked, "{file}");
                let mut frame = Vec::new();
                encode_info_request(&mut frame, &asked);
                assert_eq!(&frame[8..], request.unwrap().as_bytes(), "{file}");
                assert_eq!(frame[..2], [2, 1]);
                assert_eq!(usize::from(frame[7]), frame.len() - 8);
            }
        }
    }
}

#[test]
fn values_may_hold_tabs_and_be_missing() {
    let pairs: Vec<_> = info_pairs("a\tb\tc\n\nno-value\nempty\t\nlast\tunended").collect();
    assert_eq!(pairs, [("a", "b\tc"), ("no-value", ""), ("empty", ""), ("last", "unended")]);
    assert_eq!(info_pairs("").count(), 0);
    assert_eq!(info_pairs("\n\n").count(), 0);
}

#[test]
fn a_request_for_nothing_is_an_empty_frame() {
    let mut out = vec![9];
    encode_info_request(&mut out, &[]);
    assert_eq!(out, [9, 2, 1, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn a_command_is_its_name_and_its_parameters_in_order() {
    let bare = InfoCommand::new("sindex-list");
    assert_eq!(bare.as_str(), "sindex-list");
    let index = InfoCommand::new("sindex-create")
        .text("namespace", "namespace", "test")
        .and_then(|command| command.text("indexname", "name", "by age/ä"))
        .and_then(|command| command.base64("context", "path", "khAB+/=="))
        .unwrap()
        .word("type", "numeric")
        .number("size", 3);
    assert_eq!(
        index.as_str(),
        "sindex-create:namespace=test;indexname=by age/ä;context=khAB+/==;type=numeric;size=3"
    );
}

#[test]
fn no_value_ends_its_parameter_or_its_command() {
    for character in [';', ':', '=', ',', '\n', '\r', '\t', '\0', '\u{7f}', '\u{85}'] {
        let value = format!("ä{character}b");
        let refused = InfoCommand::new("truncate").text("set", "a set", &value);
        let expected = InfoTextError::Character { argument: "a set".into(), text: value, character, at: 1 };
        assert_eq!(refused, Err(expected));
    }
    let command = || InfoCommand::new("truncate");
    assert_eq!(command().text("set", "set", ""), Err(InfoTextError::Empty { argument: "set".into() }));
    assert!(
        command().base64("context", "path", "a;b").is_err()
            && command().base64("context", "path", "ä").is_err()
    );
}

#[test]
fn a_whole_name_stays_one_line() {
    for name in ["sets/test/demo", "get-config:context=namespace;id=test", "namespace/tést"] {
        assert_eq!(check_info_name("names[0]", name), Ok(()));
    }
    for name in ["a\nb", "a\tb", "a\rb", "a\0", ""] {
        assert!(
            check_info_name("names[0]", name).unwrap_err().to_string().starts_with("names[0] is "),
            "{name:?}"
        );
    }
}
