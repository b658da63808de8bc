//! Users, sessions, roles and TLS, with the `aerospike` crate and with bare bytes.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use crate::support::{LONG, Raw, message};
use aerospike::{
    AdminPolicy, AuthMode, BatchOperation, BatchPolicy, BatchReadPolicy, Bins, Client, ClientPolicy, Error,
    Key, PartitionFilter, Privilege, PrivilegeCode, QueryPolicy, ReadPolicy, ResultCode, Statement,
    TlsPolicy, WritePolicy, as_bin, as_key,
};
use aerostride_devserver::{Authority, Config, DevServer, Identity, Tls, User};
use aerostride_wire::{
    AdminMessage, MessageHeader, admin_command, admin_field, encode_admin, field_type, info1,
};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

fn secured() -> Config {
    Config::new().users([
        User::new("root", "root-password").role("superuser"),
        User::new("reader", "reader-password").role("read"),
        User::new("writer", "writer-password").role("write"),
        User::new("nobody", "nobody-password"),
    ])
}

async fn login(server: &DevServer, user: &str, password: &str) -> Result<Client, Error> {
    let mut policy = ClientPolicy::default();
    policy.set_auth_mode(AuthMode::Internal(user.to_owned(), password.to_owned()));
    policy.timeout = 5000;
    Client::new(&policy, &server.addresses()[0].to_string()).await
}

async fn known(server: &DevServer, user: &str) -> Client {
    login(server, user, &format!("{user}-password")).await.unwrap()
}

fn code<T>(result: Result<T, Error>) -> Option<ResultCode> {
    result.err().and_then(|error| error.server_result_code())
}

async fn put(client: &Client, key: &Key) -> Result<(), Error> {
    client.put(&WritePolicy::default(), key, &[as_bin!("a", 1)]).await
}

async fn get(client: &Client, key: &Key) -> Result<(), Error> {
    client.get(&ReadPolicy::default(), key, Bins::All).await.map(drop)
}

#[tokio::test]
async fn roles_decide_what_a_user_may_do() {
    let server = DevServer::start(secured()).unwrap();
    let key = as_key!("test", "demo", 1);
    let root = known(&server, "root").await;
    put(&root, &key).await.unwrap();
    get(&root, &key).await.unwrap();

    let reader = known(&server, "reader").await;
    get(&reader, &key).await.unwrap();
    assert_eq!(code(put(&reader, &key).await), Some(ResultCode::RoleViolation));
    assert!(reader.truncate(&AdminPolicy::default(), "test", "demo", 0).await.is_err());

    let writer = known(&server, "writer").await;
    put(&writer, &key).await.unwrap();
    assert_eq!(code(get(&writer, &key).await), Some(ResultCode::RoleViolation));
    let mut ops = [BatchOperation::read(&BatchReadPolicy::default(), key.clone(), Bins::All)];
    let _refused = writer.batch(&BatchPolicy::default(), &mut ops).await;
    assert_eq!(ops[0].result_code(), Some(ResultCode::RoleViolation));

    let nobody = known(&server, "nobody").await;
    assert_eq!(code(get(&nobody, &key).await), Some(ResultCode::RoleViolation));
    let statement = Statement::new("test", "demo", Bins::All);
    let records = nobody.query(&QueryPolicy::default(), PartitionFilter::all(), statement).await.unwrap();
    let first = futures::StreamExt::next(&mut records.into_stream()).await.unwrap();
    assert_eq!(code(first), Some(ResultCode::RoleViolation));
}

#[tokio::test]
async fn who_is_not_known_is_not_let_in() {
    let server = DevServer::start(secured()).unwrap();
    assert!(login(&server, "reader", "wrong").await.is_err());
    assert!(login(&server, "stranger", "reader-password").await.is_err());
    assert!(
        Client::new(
            &ClientPolicy { timeout: 2000, ..ClientPolicy::default() },
            &server.addresses()[0].to_string()
        )
        .await
        .is_err()
    );
}

#[tokio::test]
async fn users_and_roles_are_administrated() {
    let server = DevServer::start(secured()).unwrap();
    let root = known(&server, "root").await;
    let policy = AdminPolicy::default();
    root.create_user(&policy, "ada", "first", &["read"]).await.unwrap();
    assert_eq!(code(root.create_user(&policy, "ada", "x", &[]).await), Some(ResultCode::UserAlreadyExists));
    assert_eq!(code(root.create_user(&policy, "bob", "x", &["king"]).await), Some(ResultCode::InvalidRole));
    let key = as_key!("test", "demo", 1);
    let ada = login(&server, "ada", "first").await.unwrap();
    assert_eq!(code(put(&ada, &key).await), Some(ResultCode::RoleViolation));

    // A change holds for connections that are open.
    root.grant_roles(&policy, "ada", &["read-write"]).await.unwrap();
    put(&ada, &key).await.unwrap();
    root.revoke_roles(&policy, "ada", &["read-write"]).await.unwrap();
    assert_eq!(code(put(&ada, &key).await), Some(ResultCode::RoleViolation));

    // A role of one's own, for one set.
    let privilege = Privilege::new(PrivilegeCode::Write, Some("test".to_owned()), Some("own".to_owned()));
    root.create_role(&policy, "own-writer", from_ref(&privilege), &[], 0, 0).await.unwrap();
    root.grant_roles(&policy, "ada", &["own-writer"]).await.unwrap();
    put(&ada, &as_key!("test", "own", 1)).await.unwrap();
    assert_eq!(code(put(&ada, &key).await), Some(ResultCode::RoleViolation));
    let roles = root.query_roles(&policy, Some("own-writer")).await.unwrap();
    assert_eq!(roles[0].privileges, from_ref(&privilege));
    root.revoke_privileges(&policy, "own-writer", from_ref(&privilege)).await.unwrap();
    assert_eq!(code(put(&ada, &as_key!("test", "own", 1)).await), Some(ResultCode::RoleViolation));
    root.grant_privileges(&policy, "own-writer", &[privilege]).await.unwrap();
    root.drop_role(&policy, "own-writer").await.unwrap();
    assert_eq!(code(root.query_roles(&policy, Some("own-writer")).await), Some(ResultCode::InvalidRole));

    ada.change_password(&policy, "ada", "second").await.unwrap();
    assert!(login(&server, "ada", "first").await.is_err());
    login(&server, "ada", "second").await.unwrap();
    assert_eq!(code(ada.create_user(&policy, "eve", "x", &[]).await), Some(ResultCode::RoleViolation));

    let users = root.query_users(&policy, None).await.unwrap();
    let names: Vec<_> = users.iter().map(|user| user.user.as_str()).collect();
    assert_eq!(names, ["ada", "nobody", "reader", "root", "writer"]);
    root.drop_user(&policy, "ada").await.unwrap();
    // The code depends on whether the client takes an open connection or tries to open one.
    assert!(get(&ada, &key).await.is_err());
    assert_eq!(code(root.query_users(&policy, Some("ada")).await), Some(ResultCode::InvalidUser));
}

/// The reply to an admin command.
fn admin(raw: &mut Raw, command: u8, fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut request = Vec::new();
    encode_admin(&mut request, 0, command, fields);
    raw.send(&request);
    raw.frame()
}

#[test]
fn tokens_open_connections_until_they_expire() {
    const READER: &[u8] = b"reader";
    let server = DevServer::start(secured().session_ttl(Duration::from_millis(50))).unwrap();
    let address = server.addresses()[0];
    let mut raw = Raw::connect(address);
    assert_eq!(raw.info(&["node"]), "ERROR:80:not authenticated\n");
    raw.send(&read_request());
    assert_eq!(raw.frame()[13], 80);

    // The hash of "reader-password", as every client sends it.
    let hash = bcrypt::hash_with_salt("reader-password", 10, SALT)
        .unwrap()
        .format_for_version(bcrypt::Version::TwoA);
    let fields = [(admin_field::USER, READER), (admin_field::CREDENTIAL, hash.as_bytes())];
    let reply = admin(&mut raw, admin_command::LOGIN, &fields);
    let message = AdminMessage::parse(&reply[8..]).unwrap();
    assert_eq!(message.result, 0);
    let token = message.field(admin_field::SESSION_TOKEN).unwrap().to_vec();
    assert_eq!(raw.info(&["node"]), "node\tA1\n");

    let authenticate = |token: &[u8]| {
        let mut raw = Raw::connect(address);
        let fields = [(admin_field::USER, READER), (admin_field::SESSION_TOKEN, token)];
        let reply = admin(&mut raw, admin_command::AUTHENTICATE, &fields);
        AdminMessage::parse(&reply[8..]).unwrap().result
    };
    assert_eq!(authenticate(b"made up"), 65);
    let deadline = std::time::Instant::now() + LONG;
    // It is good at first, if the machine was fast enough, and refused once it is over.
    while authenticate(&token) == 0 {
        assert!(std::time::Instant::now() < deadline);
    }
    assert_eq!(authenticate(&token), 66);
}

/// A read of a record.
fn read_request() -> Vec<u8> {
    let header = MessageHeader { info1: info1::READ | info1::GET_ALL, ..MessageHeader::default() };
    message(header, &[(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &[1; 20])], &[])
}

const SALT: [u8; 16] = [244, 107, 11, 190, 207, 254, 141, 27, 6, 103, 216, 79, 109, 193, 216, 169];

#[test]
fn without_users_there_is_no_login() {
    let server = crate::support::server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let reply = admin(&mut raw, admin_command::LOGIN, &[(admin_field::USER, b"ada")]);
    assert_eq!(AdminMessage::parse(&reply[8..]).unwrap().result, 51);
    assert_eq!(raw.info(&["node"]), "node\tA1\n");
}

#[test]
fn roles_that_do_not_exist_are_refused_at_the_start() {
    let error = DevServer::start(Config::new().users([User::new("ada", "x").role("king")])).unwrap_err();
    assert_eq!(error.to_string(), "impossible configuration: role \"king\" of user \"ada\"");
}

fn tls_client(authority: &Authority, identity: Option<&Identity>) -> ClientPolicy {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    ClientPolicy { tls_policy: Some(TlsPolicy::new(config)), timeout: 3000, ..ClientPolicy::default() }
}

async fn connect_tls(server: &DevServer, policy: &ClientPolicy) -> Result<Client, Error> {
    let host = format!("127.0.0.1:localhost:{}", server.addresses()[0].port());
    Client::new(policy, &host).await
}

#[tokio::test]
async fn clients_find_all_nodes_over_tls() {
    let authority = Authority::new().unwrap();
    let tls = Tls::signed_by(&authority, false).unwrap();
    let server = DevServer::start(Config::new().nodes(2).tls(tls)).unwrap();
    let client = connect_tls(&server, &tls_client(&authority, None)).await.unwrap();
    assert_eq!(client.nodes().len(), 2);
    for i in 0..50 {
        let key = as_key!("test", "demo", i);
        put(&client, &key).await.unwrap();
        get(&client, &key).await.unwrap();
    }
    // Who does not speak TLS is not understood, and who trusts somebody else is not satisfied.
    let mut plain = Raw::connect(server.addresses()[0]);
    plain.send(&[2, 1, 0, 0, 0, 0, 0, 5, b'n', b'o', b'd', b'e', b'\n']);
    let mut alert = Vec::new();
    let _reset = std::io::Read::read_to_end(&mut plain.0, &mut alert);
    assert!(!alert.windows(2).any(|window| window == b"A1"), "{alert:?}");
    let stranger = Authority::new().unwrap();
    assert!(connect_tls(&server, &tls_client(&stranger, None)).await.is_err());
}

#[tokio::test]
async fn mutual_tls_wants_a_certificate_of_the_client() {
    let authority = Authority::new().unwrap();
    let tls = Tls::signed_by(&authority, true).unwrap();
    let server = DevServer::start(Config::new().tls(tls)).unwrap();
    let identity = authority.client("ada").unwrap();
    let client = connect_tls(&server, &tls_client(&authority, Some(&identity))).await.unwrap();
    put(&client, &as_key!("test", "demo", 1)).await.unwrap();
    assert!(connect_tls(&server, &tls_client(&authority, None)).await.is_err());
}

#[test]
fn certificates_that_are_none_are_named() {
    let error = Tls::from_pem("localhost", "no certificate", "no key", None).unwrap_err();
    assert_eq!(error.to_string(), "impossible TLS settings: no certificate in the PEM text");
}
