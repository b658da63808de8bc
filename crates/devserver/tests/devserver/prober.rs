//! Random requests, answered by this server as a real one has answered them.
//!
//! Every seed is a conversation on one connection. Its replies are masked, as times, node names and memory differ, and then
//! compared: with the recording in `fixtures/captures/probes.json`, or with a server whose address is given.
//!
//! `AEROSTRIDE_PROBE=HOST:PORT cargo test -p aerostride-devserver --test devserver prober -- --nocapture` asks a real server, for
//! `AEROSTRIDE_PROBE_SEEDS` conversations (200) from `AEROSTRIDE_TEST_SEED` (1000) on; `HOST:PORT,HOST:PORT` compares two
//! servers with each other. `AEROSTRIDE_PROBE_RECORD=HOST:PORT` writes the recording anew.

mod requests;
mod shown;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use aerostride_devserver::{Config, DevServer};
use requests::{Request, conversation};

/// Conversations of the recording.
const RECORDED: u64 = 60;

/// Conversations in which some request, often one with several mistakes at once, is still answered otherwise: mostly the order in
/// which mistakes are noticed differs.
const OPEN: &[u64] = &[2, 5, 6, 9, 10, 12, 13, 17, 22, 24, 26, 29, 35, 38, 50, 52, 53, 55];

fn recording() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures/probes.json")
}

/// A connection that gives up instead of waiting for what does not come.
struct Asked {
    address: String,
    stream: TcpStream,
}

impl Asked {
    fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { address: address.to_owned(), stream }
    }

    fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut header = [0; 8];
        self.stream.read_exact(&mut header).ok()?;
        let mut body = vec![0; (u64::from_be_bytes(header) & 0xffff_ffff_ffff) as usize];
        self.stream.read_exact(&mut body).ok()?;
        Some((header[1], body))
    }

    /// The masked reply. Where there is none the next request goes over another connection.
    fn ask(&mut self, request: &Request) -> String {
        let mut frames = Vec::new();
        if self.stream.write_all(&request.bytes).is_ok() {
            while let Some((kind, body)) = self.frame() {
                let ends = shown::ends(request.kind, kind, &body);
                frames.push((kind, body));
                if ends {
                    return shown::reply(request.kind, &frames);
                }
            }
        }
        *self = Self::connect(&self.address);
        "no answer".to_owned()
    }
}

/// The replies of a server to the conversation of a seed.
fn replies(address: &str, seed: u64) -> Vec<String> {
    let mut asked = Asked::connect(address);
    conversation(seed).iter().map(|request| asked.ask(request)).collect()
}

/// The first reply that differs: its place, what was asked, and both answers.
fn first_difference(seed: u64, real: &[String], ours: &[String]) -> Option<String> {
    let requests = conversation(seed);
    let at = real.iter().zip(ours).position(|(real, ours)| real != ours)?;
    Some(format!(
        "seed {seed}, request {at}: {}\n  real {}\n  ours {}",
        requests[at].text, real[at], ours[at]
    ))
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn random_requests_are_answered_as_by_a_real_server() {
    if let Ok(real) = std::env::var("AEROSTRIDE_PROBE_RECORD") {
        let recorded: BTreeMap<String, Vec<String>> =
            (0..RECORDED).map(|seed| (seed.to_string(), replies(&real, seed))).collect();
        std::fs::write(recording(), serde_json::to_string_pretty(&recorded).unwrap() + "\n").unwrap();
    }
    let server = DevServer::start(Config::new()).unwrap();
    let own = server.addresses()[0].to_string();
    if let Ok(addresses) = std::env::var("AEROSTRIDE_PROBE") {
        let (real, other) = addresses.split_once(',').unwrap_or((&addresses, &own));
        let first = number("AEROSTRIDE_TEST_SEED", 1000);
        let seeds = first..first + number("AEROSTRIDE_PROBE_SEEDS", 200);
        let differ = |seed| first_difference(seed, &replies(real, seed), &replies(other, seed));
        let wrong: Vec<_> = seeds.filter_map(differ).collect();
        assert!(wrong.is_empty(), "{} conversations differ:\n{}", wrong.len(), wrong.join("\n"));
    }
    let recorded: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&std::fs::read_to_string(recording()).unwrap()).unwrap();
    let known = recorded.iter().map(|(seed, real)| (seed.parse::<u64>().unwrap(), real));
    let differ = |(seed, real): (u64, &Vec<String>)| first_difference(seed, real, &replies(&own, seed));
    let wrong: Vec<_> = known.filter(|(seed, _)| !OPEN.contains(seed)).filter_map(differ).collect();
    assert!(wrong.is_empty(), "{} conversations differ:\n{}", wrong.len(), wrong.join("\n"));
}
