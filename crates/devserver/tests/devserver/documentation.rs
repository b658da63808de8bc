//! The Rust in docs/devserver.md. `__test__/documentation.test.ts` asks that it stands here word for word.
#![allow(clippy::print_stdout, reason = "the page shows what can be printed")]

use std::error::Error;
use std::time::Duration;

use aerospike::{Client, ClientPolicy, Expiration, ReadPolicy, WritePolicy, as_bin, as_key};
use aerostride_devserver::{Authority, Clock, Config, DevServer, Tls, User};

#[test]
fn it_starts_and_stops() -> Result<(), Box<dyn Error>> {
    let server = DevServer::start(Config::new().nodes(3))?;
    println!("{:?}", server.addresses());
    assert_eq!(server.addresses().len(), 3);
    server.stop();
    Ok(())
}

#[tokio::test]
async fn a_test_owns_the_clock() -> Result<(), Box<dyn Error>> {
    let clock = Clock::manual();
    let server = DevServer::start(Config::new().clock(clock.clone()))?;
    let client = Client::new(&ClientPolicy::default(), &server.addresses()[0].to_string()).await?;
    let key = as_key!("test", "visits", "me");
    let policy = WritePolicy { expiration: Expiration::Seconds(100), ..WritePolicy::default() };
    client.put(&policy, &key, &[as_bin!("count", 1)]).await?;
    clock.advance(Duration::from_secs(101)); // and the record is gone, without waiting
    assert!(!client.exists(&ReadPolicy::default(), &key).await?);
    client.close().await?;
    server.stop();
    Ok(())
}

#[test]
fn an_authority_signs_certificates() -> Result<(), Box<dyn Error>> {
    let authority = Authority::new()?; // made on the spot; authority.pem() is what clients trust
    let config = Config::new()
        .users([User::new("ada", "secret").role("read-write")])
        .session_ttl(Duration::from_secs(60))
        .tls(Tls::signed_by(&authority, true)?); // true: clients need a certificate, authority.client("ada")
    let server = DevServer::start(config)?;
    assert!(authority.pem().contains("BEGIN CERTIFICATE"));
    server.stop();
    Ok(())
}
