//! Logins: what of them can be seen on the wire, and peers that never finish them.

use std::time::Duration;

use aerospike::{AuthMode, ClientPolicy, ReadPolicy};
use aerostride_core::{
    Auth, BatchPolicy, Client, ConnectOptions, Error, ErrorKind, HostAddress, KeyGroup, PackedKeys,
    TlsOptions,
};
use aerostride_devserver::{Authority, Config, DevServer, Identity, Tls, User};
use aerostride_wire::KeyType;

use crate::recorder::Recorder;
use crate::stocked::Stocked;

const PASSWORD: &str = "marker-password-Zq7";
/// How every hashed password begins.
const HASHED: &str = "$2a$10$7EqJtq98hPqEX7fNZaFWoO";

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn users() -> Vec<User> {
    vec![
        User::new("me", PASSWORD).role("read-write"),
        User::new("far", PASSWORD).role("read-write").external(),
    ]
}

/// Every way to say who one is.
fn auths() -> [(&'static str, Auth); 5] {
    let internal = |password: &str| Auth::Internal { user: "me".into(), password: password.into() };
    [
        ("nobody", Auth::None),
        ("internal", internal(PASSWORD)),
        ("internal, wrong", internal(&format!("{PASSWORD}!"))),
        ("external", Auth::External { user: "far".into(), password: PASSWORD.into() }),
        ("pki", Auth::Pki),
    ]
}

/// A state of TLS: what the server has, and what the client is given.
struct State {
    name: &'static str,
    server: Option<Tls>,
    client: Option<TlsOptions>,
    tls_name: &'static str,
}

fn with_identity(ca: &Authority, identity: Option<&Identity>) -> Option<TlsOptions> {
    let (cert, key) = identity.map_or_else(Default::default, |own| {
        (own.certificate.clone().into_bytes(), own.key.clone().into_bytes())
    });
    Some(TlsOptions { ca: ca.pem().into(), cert, key })
}

fn states() -> Vec<State> {
    let (ours, other) = (Authority::new().unwrap(), Authority::new().unwrap());
    let past = Authority::new().unwrap().signing_expired(true);
    let me = ours.client("me").unwrap();
    let tls = |mutual| Some(Tls::signed_by(&ours, mutual).unwrap());
    let state = |name, server, client, tls_name| State { name, server, client, tls_name };
    vec![
        state("off", None, None, "localhost"),
        state("on", tls(false), with_identity(&ours, None), "localhost"),
        state("mutual", tls(true), with_identity(&ours, Some(&me)), "localhost"),
        state("another authority", tls(false), with_identity(&other, None), "localhost"),
        state("the authorities of the system", tls(false), Some(TlsOptions::default()), "localhost"),
        state(
            "an expired certificate",
            Some(Tls::signed_by(&past, false).unwrap()),
            with_identity(&past, None),
            "localhost",
        ),
        state("another name", tls(false), with_identity(&ours, None), "elsewhere"),
        state("not a name", tls(false), with_identity(&ours, None), "else where"),
        state("a server without TLS", None, with_identity(&ours, Some(&me)), "localhost"),
        state("a client without TLS", tls(false), None, "localhost"),
        state("no certificate of the client", tls(true), with_identity(&ours, None), "localhost"),
        state(
            "no PEM",
            tls(false),
            Some(TlsOptions { ca: b"x".to_vec(), ..TlsOptions::default() }),
            "localhost",
        ),
    ]
}

/// Connects, and does something on both planes.
async fn used(options: ConnectOptions) -> Result<(), Error> {
    let client = Client::connect(options).await?;
    let group = KeyGroup::new("test".into(), "s".into())?;
    let key = PackedKeys::new(1, vec![group], None, &[KeyType::Int as u8], Vec::new(), vec![0; 8])?;
    client.get(&key, None, &ReadPolicy::default()).await?;
    let read = Stocked::prepare_of(10, vec![1, 2]);
    read.run(&client, BatchPolicy::default(), &aerostride_core::CancellationToken::new()).await.ended?;
    client.close().await;
    Ok(())
}

fn config(state: &State) -> Config {
    let config = Config::new().users(users());
    match &state.server {
        Some(tls) => config.tls(tls.clone()),
        None => config,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_on_the_wire_in_clear_whatever_fails() {
    let mut let_in = Vec::new();
    for state in states() {
        let server = DevServer::start(config(&state)).unwrap();
        for (who, auth) in auths() {
            let recorder = Recorder::start(server.addresses()[0]);
            let (address, tls_name) = (recorder.address(), Some(state.tls_name.to_owned()));
            let options = ConnectOptions {
                hosts: vec![HostAddress { host: "127.0.0.1".into(), port: address.port(), tls_name }],
                connect_timeout: Duration::from_secs(2),
                tls: state.client.clone(),
                auth: auth.clone(),
                ..ConnectOptions::default()
            };
            let ended = used(options).await;
            let (case, sent) = (format!("{who}, TLS {}: {ended:?}", state.name), recorder.sent());
            assert!(!contains(&sent, PASSWORD), "the password was seen: {case}");
            if state.client.is_some() {
                assert!(!contains(&sent, "$2a$") && !contains(&sent, "user-agent"), "in clear: {case}");
            }
            if matches!(&ended, Err(error) if error.kind == ErrorKind::InvalidArgument) {
                assert_eq!(sent, b"", "options were refused after something was sent: {case}");
            }
            if state.name == "off" && who == "internal" {
                assert!(contains(&sent, HASHED), "the recorder sees nothing: {case}");
            }
            if ended.is_ok() {
                let_in.push(format!("{who}, {}", state.name));
            }
        }
    }
    let expected = [
        "internal, off",
        "internal, on",
        "external, on",
        "internal, mutual",
        "external, mutual",
        "pki, mutual",
    ];
    assert_eq!(let_in, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_tls_is_refused_before_anybody_is_asked() {
    for (auth, what) in [(auths()[3].1.clone(), "authMode 'external'"), (Auth::Pki, "authMode 'pki'")] {
        let recorder = Recorder::start("127.0.0.1:1".parse().unwrap());
        let host = HostAddress { host: "127.0.0.1".into(), port: recorder.address().port(), tls_name: None };
        let options = ConnectOptions { hosts: vec![host], auth, ..ConnectOptions::default() };
        let error = Client::connect(options).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidArgument);
        assert!(error.message.starts_with(what), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_drips_ends_with_the_connect_timeout_and_holds_up_nobody_after_it() {
    let auth_mode = AuthMode::Internal("me".into(), PASSWORD.into());
    let policy = ClientPolicy { auth_mode, ..ClientPolicy::default() };
    let stocked = Stocked::start_with(Config::new().users(users()), policy, 10, 8).await;
    let connect_timeout = Duration::from_millis(400);
    let options = ConnectOptions { auth: auths()[1].1.clone(), connect_timeout, ..stocked.options() };
    let client = Client::connect(options).await.unwrap();
    // Each byte comes in time, and all of them would take many times as long.
    stocked.set_faults(&["on=admin drip=100"]);
    let policy = || BatchPolicy { max_retries: 0, total_timeout: Duration::ZERO, ..BatchPolicy::default() };
    let numbers = || vec![1, 2, 3];
    let (one, other) =
        tokio::join!(stocked.read(&client, numbers(), policy()), stocked.read(&client, numbers(), policy()));
    for read in [one, other] {
        let error = read.ended.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Timeout, "{error}");
        assert!(error.to_string().contains("within 400 ms (connectTimeout)"), "{error}");
    }
    stocked.set_faults(&[""; 0]);
    let policy =
        BatchPolicy { total_timeout: Duration::from_secs(60), max_retries: 100, ..BatchPolicy::default() };
    assert_eq!(stocked.read(&client, numbers(), policy).await.ended.unwrap().ok, 3);
}
