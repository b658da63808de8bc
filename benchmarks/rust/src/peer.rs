use anyhow::{Context, Result};
use serde_json::{Value as Json, json};
use std::io::{BufRead, Write};

/// A program that the runner drives: it prepares a read once and then repeats it, a few times per round, so that the
/// rounds of all programs can take turns.
pub trait Peer {
    /// Gets ready to read the first `keys` records of a workload.
    fn prepare(&mut self, request: &Json) -> Result<Json>;

    /// Reads `times` times and gives the milliseconds of each.
    fn read(&mut self, times: usize) -> Result<Json>;
}

/// Answers the runner's lines until standard input ends. One line in, one line out; a failure is a line as well.
pub fn serve(peer: &mut dyn Peer) -> Result<()> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let reply = answer(peer, &line?).unwrap_or_else(|error| json!({ "error": format!("{error:#}") }));
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}

fn answer(peer: &mut dyn Peer, line: &str) -> Result<Json> {
    let request: Json = serde_json::from_str(line).context("a line that is no JSON")?;
    match request["do"].as_str() {
        Some("prepare") => peer.prepare(&request),
        Some("read") => peer.read(request["times"].as_u64().context("no times")? as usize),
        other => anyhow::bail!("cannot do {other:?}"),
    }
}

/// User and system time of this process so far, in ms; 0 where /proc does not tell.
pub fn cpu_ms() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field, the program's name, may contain spaces: count from its closing bracket.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks * 1000.0 / TICKS_PER_SECOND
}
