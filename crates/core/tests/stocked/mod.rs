//! A server with records whose every byte is known, and reads of them that are checked down to the last row.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aerospike::{ClientPolicy, WritePolicy, as_bin, as_key};
use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss};
use aerostride_core::{
    Auth, BatchOutcome, BatchPolicy, CancellationToken, Client, ConnectOptions, Error, ErrorKind,
    HostAddress, KeyGroup, KeySource, PackedKeys, Pending, ReadRequest, TlsOptions,
};
use aerostride_devserver::{Config, DevServer, FaultRule};
use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader, KeyType, MAX_FRAME_BODY, encode_info_request};

use memory::Memory;

#[path = "../core/memory.rs"]
#[allow(dead_code, reason = "these tests look at a part of it")]
pub mod memory;

/// A cluster that notices, joins and moves in a fraction of the usual time.
pub fn hasty(nodes: usize) -> Config {
    let time = Duration::from_millis;
    Config::new().nodes(nodes).failure_detection(time(150)).joining(time(100)).migration(time(150))
}

/// A server whose set `stock` holds a record for each of the first `records` integers.
pub struct Stocked {
    pub server: DevServer,
    pub records: usize,
    pub pad: usize,
}

impl Stocked {
    /// Every record has its own number in `n`, and `pad` bytes in `pad` that follow from it.
    pub async fn start(config: Config, records: usize, pad: usize) -> Self {
        Self::start_with(config, ClientPolicy::default(), records, pad).await
    }

    /// The same where the server wants a login or TLS.
    pub async fn start_with(config: Config, policy: ClientPolicy, records: usize, pad: usize) -> Self {
        let server = DevServer::start(config).unwrap();
        let crates = aerospike::Client::new(&policy, &server.addresses()[0].to_string()).await.unwrap();
        for number in 0..records {
            let bins = [as_bin!("n", number as i64), as_bin!("pad", padding(number, pad))];
            let key = as_key!("test", "stock", number as i64);
            crates.put(&WritePolicy::default(), &key, &bins).await.unwrap();
        }
        crates.close().await.unwrap();
        Self { server, records, pad }
    }

    pub fn options(&self) -> ConnectOptions {
        let host = |address: &SocketAddr| HostAddress {
            host: address.ip().to_string(),
            port: address.port(),
            tls_name: None,
        };
        ConnectOptions {
            hosts: self.server.addresses().iter().map(host).collect(),
            auth: Auth::None,
            tls: None::<TlsOptions>,
            ..ConnectOptions::default()
        }
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.options()).await.unwrap()
    }

    /// Whether a node says that it is one of so many, and that no records are on their way.
    pub fn is_stable(&self, node: usize, size: usize) -> bool {
        let name = format!("cluster-stable:size={size}");
        let reply = ask(self.server.addresses()[node], &name).unwrap_or_default();
        !reply.is_empty() && !reply.contains("ERROR")
    }

    /// Replaces the server's fault rules by those in words.
    pub fn set_faults(&self, rules: &[impl AsRef<str>]) {
        let rules: Vec<FaultRule> = rules.iter().map(|words| words.as_ref().parse().unwrap()).collect();
        self.server.set_faults(rules);
    }

    /// Reads records by number; those past the last do not exist.
    pub async fn read(&self, client: &Client, numbers: Vec<usize>, policy: BatchPolicy) -> Read {
        let never = CancellationToken::new();
        self.prepare(numbers).run(client, policy, &never).await
    }

    /// A read of a server that holds no records yet.
    pub fn prepare_of(records: usize, numbers: Vec<usize>) -> Prepared {
        Prepared::new(records, 8, numbers)
    }

    /// A read that has not begun.
    pub fn prepare(&self, numbers: Vec<usize>) -> Prepared {
        Prepared::new(self.records, self.pad, numbers)
    }
}

/// The reply to an info request.
fn ask(address: SocketAddr, name: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    let mut request = Vec::new();
    encode_info_request(&mut request, &[name]);
    stream.write_all(&request)?;
    let mut header = [0; FRAME_HEADER_SIZE];
    stream.read_exact(&mut header)?;
    let mut body = vec![0; FrameHeader::parse(&header, MAX_FRAME_BODY).unwrap().size];
    stream.read_exact(&mut body)?;
    Ok(String::from_utf8(body).unwrap())
}

/// Measures how late tasks of this runtime run that want nothing but to wake: on a machine that is busy with other things,
/// times are not only ours.
#[derive(Debug, Clone)]
pub struct Lag(Arc<Lateness>);

#[derive(Debug)]
struct Lateness {
    begin: Instant,
    /// Everything in microseconds.
    total: AtomicU64,
    worst: AtomicU64,
    /// When the task last fell asleep, after `begin`.
    asleep: AtomicU64,
}

const NAP: Duration = Duration::from_millis(5);

impl Lateness {
    fn now(&self) -> u64 {
        self.begin.elapsed().as_micros() as u64
    }

    /// How late the task is that should have woken.
    fn late(&self) -> u64 {
        let slept = self.now().saturating_sub(self.asleep.load(Ordering::Relaxed));
        slept.saturating_sub(NAP.as_micros() as u64)
    }
}

impl Lag {
    /// Measures until the last clone is gone.
    pub fn measure() -> Self {
        let begin = Instant::now();
        let lateness =
            Lateness { begin, total: AtomicU64::new(0), worst: AtomicU64::new(0), asleep: AtomicU64::new(0) };
        let lateness = Arc::new(lateness);
        let seen = Arc::downgrade(&lateness);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(NAP).await;
                let Some(seen) = seen.upgrade() else { return };
                let late = seen.late();
                seen.total.fetch_add(late, Ordering::Relaxed);
                seen.worst.fetch_max(late, Ordering::Relaxed);
                seen.asleep.store(seen.now(), Ordering::Relaxed);
            }
        });
        Self(lateness)
    }

    /// How late it was at worst.
    pub fn worst(&self) -> Duration {
        Duration::from_micros(self.0.worst.load(Ordering::Relaxed))
    }

    /// How much time was lost so far. The difference of two is what was lost in between.
    pub fn lost(&self) -> Duration {
        Duration::from_micros(self.0.total.load(Ordering::Relaxed) + self.0.late())
    }
}

/// Waits for something that happens soon.
pub async fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !happened() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn dtype(pad: usize) -> Dtype {
    let pad = format!("V{pad}");
    let fields =
        [FieldSpec { name: "n", code: "i8", shape: &[] }, FieldSpec { name: "pad", code: &pad, shape: &[] }];
    Dtype::parse(&fields).unwrap()
}

/// The padding of a record.
pub fn padding(number: usize, size: usize) -> Vec<u8> {
    (0..size).map(|at| (number.wrapping_mul(31) + at) as u8).collect()
}

/// Keys of the numbers.
pub fn keys(numbers: &[usize]) -> KeySource {
    let group = KeyGroup::new("test".into(), "stock".into()).unwrap();
    let data = numbers.iter().flat_map(|&number| (number as i64).to_be_bytes()).collect();
    let packed =
        PackedKeys::new(numbers.len(), vec![group], None, &[KeyType::Int as u8], Vec::new(), data).unwrap();
    KeySource::Packed(Arc::new(packed))
}

/// A batch with its memory.
pub struct Prepared {
    pub memory: Memory,
    pub numbers: Vec<usize>,
    records: usize,
    pad: usize,
}

impl Prepared {
    /// A read of records by number, of a server with so many.
    pub fn new(records: usize, pad: usize, numbers: Vec<usize>) -> Self {
        let dtype = dtype(pad);
        let memory = Memory::new(&dtype, numbers.len(), LayoutKind::Columns, OnLoss::Allow, 0);
        Self { memory, records, pad, numbers }
    }

    pub async fn run(self, client: &Client, policy: BatchPolicy, abort: &CancellationToken) -> Read {
        let begin = Instant::now();
        let call = self.start(client, policy, abort);
        let ended = call.await;
        self.ended(ended, begin.elapsed())
    }

    /// The call alone, for tests that drop it.
    pub fn start<'a>(
        &self,
        client: &'a Client,
        policy: BatchPolicy,
        abort: &'a CancellationToken,
    ) -> Pending<'a, BatchOutcome> {
        let request = ReadRequest { bins: ["n".into(), "pad".into()].into(), policy };
        client.batch_read(keys(&self.numbers), Arc::clone(&self.memory.table), request, abort)
    }

    pub fn ended(self, ended: Result<BatchOutcome, Error>, took: Duration) -> Read {
        let Self { memory, numbers, records, pad } = self;
        Read { ended, took, memory, numbers, records, pad }
    }
}

/// A read that has ended.
pub struct Read {
    pub ended: Result<BatchOutcome, Error>,
    pub took: Duration,
    pub memory: Memory,
    pub numbers: Vec<usize>,
    records: usize,
    pad: usize,
}

impl Read {
    pub fn codes(&self) -> Vec<i32> {
        (0..self.numbers.len()).map(|row| self.memory.code(row)).collect()
    }

    /// Asserts that every row says what is stored, or says nothing: a success has exactly the record's bytes, a missing
    /// record is none that exists, and a row without a success is zeros. Cells that are not valid are left to the test.
    /// The memory of a read that has failed as a whole is nobody's, and what it holds beside successes does not matter.
    pub fn assert_honest(&self) {
        if let Ok(outcome) = &self.ended {
            let read = self.codes().iter().filter(|code| **code == 0).count();
            assert_eq!(outcome.ok as usize, read, "counted and read");
        }
        // The memory of a batch that its caller has ended goes nowhere: rows without an answer hold anything.
        let is_given_up =
            matches!(self.ended, Err(Error { kind: ErrorKind::Aborted | ErrorKind::Closed, .. }));
        for (row, &number) in self.numbers.iter().enumerate() {
            let code = self.memory.code(row);
            if is_given_up && code != 0 {
                continue;
            }
            let exists = number < self.records;
            assert!(code != 0 || exists, "record {number} does not exist and was read");
            assert!(code != 2 || !exists, "record {number} exists and was not found");
            if code != 0 && self.ended.is_err() {
                continue;
            }
            let full = [(number as i64).to_le_bytes().to_vec(), padding(number, self.pad)];
            for (field, full) in full.into_iter().enumerate() {
                let got = self.memory.cell(field, row, full.len());
                let valid = self.memory.valid(field, row);
                assert!(code == 0 || valid == 0, "row {row} of code {code} has a valid cell");
                let expected = if valid == 1 { full } else { vec![0; full.len()] };
                assert!(
                    got == expected,
                    "row {row}, code {code}, record {number}: {got:?}, not {expected:?}"
                );
            }
            assert_eq!(self.memory.generation(row), u32::from(code == 0), "row {row} of code {code}");
        }
    }

    /// Asserts that everything that exists was read, whole.
    pub fn assert_complete(&self) {
        self.assert_honest();
        let outcome = self.ended.as_ref().unwrap_or_else(|error| panic!("{error} {error:?}"));
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
        for (row, &number) in self.numbers.iter().enumerate() {
            let expected = if number < self.records { 0 } else { 2 };
            assert_eq!(self.memory.code(row), expected, "row {row}, record {number}");
            assert_eq!(
                self.memory.valid(0, row) + self.memory.valid(1, row),
                if expected == 0 { 2 } else { 0 }
            );
        }
    }
}
