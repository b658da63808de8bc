//! Passwords, tokens and record contents are in nothing that could be printed. This is a test binary of its own,
//! because it takes everything that is logged in its process.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aerospike::{AuthMode, ClientPolicy, WritePolicy, as_bin, as_key};
use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss};
use aerostride_core::{
    Auth, BatchPolicy, CancellationToken, Client, ConnectOptions, ReadRequest, TlsOptions,
};
use aerostride_devserver::{Config, User};

use stocked::memory::Memory;
use stocked::{Stocked, keys};

#[path = "stocked/mod.rs"]
#[allow(dead_code, reason = "every test binary uses its own part")]
mod stocked;

const PASSWORD: &str = "marker-password-Zq7";
const WRONG: &str = "marker-wrong-Zq7";
const VALUE: &str = "marker-value-Zq7";
const KEY: &str = "marker-key-Zq7";
/// Numbers and bytes of markers, as debug output would show them.
const NUMBER: i64 = 7_305_519_284_417;

/// Everything that was logged, by any crate.
struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(text, "{} {} {}", record.level(), record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

fn assert_clean(what: &str, text: &str) {
    let bytes = |marker: &str| format!("{:?}", marker.as_bytes()).trim_matches(['[', ']']).to_owned();
    let hex = |marker: &str| marker.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut markers = vec![NUMBER.to_string(), "$2a$10$".to_owned(), bytes("$2a$10$"), hex("$2a$10$")];
    for marker in [PASSWORD, WRONG, VALUE, KEY] {
        markers.extend([marker.to_owned(), bytes(marker), hex(marker)]);
    }
    for marker in markers {
        let found = text.find(&marker).map(|at| &text[at.saturating_sub(200)..]);
        assert!(found.is_none(), "{what} shows {marker:?}: {found:?}");
    }
}

fn show(error: &aerostride_core::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut below = std::error::Error::source(error);
    while let Some(cause) = below {
        write!(text, " {cause} {cause:?}").unwrap();
        below = cause.source();
    }
    text
}

fn internal(password: &str) -> Auth {
    Auth::Internal { user: "reader".into(), password: password.into() }
}

async fn served() -> Stocked {
    let config = Config::new().users([User::new("reader", PASSWORD).role("read-write")]);
    let auth_mode = AuthMode::Internal("reader".into(), PASSWORD.into());
    Stocked::start_with(config, ClientPolicy { auth_mode, ..ClientPolicy::default() }, 50, 20).await
}

/// Errors of the login: wrong passwords, and servers that break while it happens.
async fn failed_logins(stocked: &Stocked) {
    for auth in [internal(WRONG), Auth::External { user: "reader".into(), password: WRONG.into() }] {
        let options = ConnectOptions { auth, ..stocked.options() };
        assert_clean("options", &format!("{options:?} {options:#?}"));
        let error = Client::connect(options).await.unwrap_err();
        assert_clean("a refused login", &show(&error));
    }
    for rule in ["on=admin garbage=50", "on=admin cut=9", "on=admin size=huge", "on=info garbage=20"] {
        stocked.set_faults(&[rule]);
        let options = ConnectOptions {
            auth: internal(PASSWORD),
            connect_timeout: Duration::from_millis(300),
            ..stocked.options()
        };
        let error = Client::connect(options).await.unwrap_err();
        assert_clean(rule, &show(&error));
    }
    stocked.set_faults(&[""; 0]);
}

/// Errors of batches whose replies, with all their values, are spoilt in every way.
async fn failed_batches(stocked: &Stocked, client: &Client) {
    let rules = [
        "on=batch name-beyond-op",
        "on=batch size=short",
        "on=batch size=long",
        "on=batch type=1",
        "on=batch version=9",
        "on=batch cut=300",
        "on=batch index=foreign",
        "on=batch index=doubled",
        "on=batch lose=50",
        "on=batch particle=99",
        "on=batch code=22",
        "on=batch silence",
        "on=admin refuse",
    ];
    for rule in rules {
        // One without data connections has to log in.
        let client = if rule.contains("admin") { &connected(stocked).await } else { client };
        stocked.set_faults(&[rule]);
        let policy = BatchPolicy {
            max_retries: 1,
            socket_timeout: Duration::from_millis(100),
            ..BatchPolicy::default()
        };
        let fields = [
            FieldSpec { name: "secret", code: "S40", shape: &[] },
            FieldSpec { name: "number", code: "i1", shape: &[] },
        ];
        let dtype = Dtype::parse(&fields).unwrap();
        let memory = Memory::new(&dtype, 50, LayoutKind::Columns, OnLoss::Allow, 0);
        let request = ReadRequest { bins: ["secret".into(), "number".into()].into(), policy };
        assert_clean("a request", &format!("{request:?}"));
        let numbers: Vec<usize> = (0..50).collect();
        let table = std::sync::Arc::clone(&memory.table);
        let never = CancellationToken::new();
        match client.batch_read(keys(&numbers), table, request, &never).await {
            Ok(outcome) => assert_clean(rule, &format!("{outcome:?}")),
            Err(error) => assert_clean(rule, &show(&error)),
        }
        assert_clean("a client", &format!("{client:?} {client:#?} {:?}", client.stats()));
    }
    stocked.set_faults(&[""; 0]);
}

async fn connected(stocked: &Stocked) -> Client {
    let options = ConnectOptions { auth: internal(PASSWORD), ..stocked.options() };
    Client::connect(options).await.unwrap()
}

/// The stock's records get values that can be recognized.
async fn mark(stocked: &Stocked) {
    let auth_mode = AuthMode::Internal("reader".into(), PASSWORD.into());
    let policy = ClientPolicy { auth_mode, ..ClientPolicy::default() };
    let address = stocked.server.addresses()[0].to_string();
    let crates = aerospike::Client::new(&policy, &address).await.unwrap();
    for number in 0..50_i64 {
        let bins = [as_bin!("secret", VALUE), as_bin!("number", NUMBER)];
        crates.put(&WritePolicy::default(), &as_key!("test", "stock", number), &bins).await.unwrap();
    }
    crates.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markers_are_found_nowhere() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let stocked = served().await;
    mark(&stocked).await;
    failed_logins(&stocked).await;
    let client = connected(&stocked).await;
    failed_batches(&stocked, &client).await;
    client.close().await;
    let tls = TlsOptions { ca: PASSWORD.into(), cert: VALUE.into(), key: KEY.into() };
    assert_clean("TLS options", &format!("{tls:?} {tls:#?}"));
    let options = ConnectOptions { tls: Some(tls), ..stocked.options() };
    assert_clean("bad certificates", &show(&Client::connect(options).await.unwrap_err()));
    let logged = std::mem::take(&mut *LOG.0.lock().unwrap());
    assert!(logged.contains("aerospike"), "nothing was logged");
    assert_clean("the log", &logged);
}
