//! Starting and stopping, and what clients that break the protocol bring about.

use std::io::{BufRead, BufReader, Write};
#[cfg(target_os = "linux")]
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::{LONG, Raw, end_of, server};
use aerostride_devserver::{Config, DevServer, DevServerError};

#[test]
fn stop_closes_ports_and_connections() {
    let server = DevServer::start(Config::new().nodes(2)).unwrap();
    let addresses = server.addresses().to_vec();
    let mut idle: Vec<Raw> = addresses.iter().map(|address| Raw::connect(*address)).collect();
    assert_eq!(idle[1].info(&["node"]), "node\tB2\n");
    server.stop();
    assert!(idle.iter_mut().all(Raw::is_closed));
    assert!(addresses.iter().all(|address| TcpStream::connect(address).is_err()));
}

/// A child process has copies of all descriptors until it runs its own program.
#[cfg(target_os = "linux")]
#[test]
fn stop_closes_a_port_of_which_somebody_else_has_a_descriptor() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, copy) = (listener.local_addr().unwrap(), listener.try_clone().unwrap());
    let server = DevServer::run(Config::new(), vec![listener]).unwrap();
    assert_eq!(Raw::connect(address).info(&["node"]), "node\tA1\n");
    server.stop();
    assert!(TcpStream::connect(address).is_err());
    drop(copy);
}

#[test]
fn a_taken_port_is_a_named_error() {
    let server = server();
    let address = server.addresses()[0];
    let error = DevServer::start(Config::new().port(address.port())).unwrap_err();
    assert!(matches!(error, DevServerError::Bind { address: taken, .. } if taken == address), "{error}");
}

#[test]
fn impossible_settings_are_refused() {
    for config in [Config::new().nodes(0), Config::new().replication_factor(0), Config::new().namespaces([])]
    {
        assert!(matches!(DevServer::start(config), Err(DevServerError::Config(_))));
    }
}

#[test]
fn a_hostile_frame_ends_its_own_connection_only() {
    let server = server();
    let address = server.addresses()[0];
    let mut neighbour = Raw::connect(address);
    let hostile: [&[u8]; 3] =
        [b"GET / HTTP/1.1\r\n\r\n", &[2, 0, 0, 0, 0, 0, 0, 0], &[1, 3, 0, 0, 0, 0, 0, 22]];
    for bytes in hostile {
        let mut connection = Raw::connect(address);
        connection.send(bytes);
        assert!(connection.is_closed(), "{bytes:?}");
        assert_eq!(neighbour.info(&["status"]), "status\tok\n");
    }
}

#[test]
fn frames_that_no_client_of_this_edition_sends_have_an_answer() {
    let server = server();
    let mut connection = Raw::connect(server.addresses()[0]);
    for (kind, code) in [(4, 25), (5, 4), (9, 4), (0xff, 4)] {
        connection.send(&[2, kind, 0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(connection.frame()[13], code, "type {kind}");
    }
    assert_eq!(connection.info(&["status"]), "status\tok\n");
}

#[test]
fn a_frame_over_the_limit_is_refused_before_it_is_read() {
    let server = server();
    let mut connection = Raw::connect(server.addresses()[0]);
    connection.send(&[2, 3, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(connection.frame()[13], 4);
    assert!(connection.is_closed());
}

#[test]
fn a_malformed_message_has_an_answer_and_the_connection_goes_on() {
    let server = server();
    let mut connection = Raw::connect(server.addresses()[0]);
    connection.send(&[2, 3, 0, 0, 0, 0, 0, 3, 22, 1, 0]);
    assert_eq!(connection.frame()[13], 4);
    assert_eq!(connection.info(&["status"]), "status\tok\n");
}

#[test]
fn connections_over_the_limit_are_closed() {
    let server = DevServer::start(Config::new().max_connections(2)).unwrap();
    let address = server.addresses()[0];
    let mut first = Raw::connect(address);
    let mut second = Raw::connect(address);
    assert_eq!(first.info(&["status"]), second.info(&["status"]));
    assert!(Raw::connect(address).is_closed());
    assert_eq!(first.info(&["status"]), "status\tok\n");
}

#[test]
fn requests_may_be_sent_ahead() {
    let server = server();
    let mut connection = Raw::connect(server.addresses()[0]);
    let mut requests = Vec::new();
    for _ in 0..1000 {
        aerostride_wire::encode_info_request(&mut requests, &["node"]);
    }
    connection.0.write_all(&requests).unwrap();
    for _ in 0..1000 {
        assert_eq!(&connection.frame()[8..], b"node\tA1\n");
    }
}

#[test]
fn a_client_that_does_not_read_does_not_keep_the_server_from_stopping() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    raw.0.set_write_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
    let mut request = Vec::new();
    aerostride_wire::encode_info_request(&mut request, &["statistics"; 50]);
    // Sooner or later both directions are full, and the server waits to write.
    while raw.0.write_all(&request).is_ok() {}
    server.stop();
}

#[test]
fn connections_that_end_leave_nothing_behind() {
    let server = server();
    for _ in 0..5 {
        let mut many: Vec<_> = (0..100).map(|_| Raw::connect(server.addresses()[0])).collect();
        assert_eq!(many[99].info(&["node"]), "node\tA1\n");
    }
    let deadline = std::time::Instant::now() + LONG;
    while server.stats().connections > 0 {
        assert!(std::time::Instant::now() < deadline, "{:?}", server.stats());
        std::thread::yield_now();
    }
    assert_eq!(server.stats().connections_opened, 500);
}

#[test]
fn the_program_says_where_it_listens_and_ends_when_asked() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aerostride-devserver"))
        .args(["--port", "0", "--nodes", "2"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let addresses: Vec<_> = line.trim().strip_prefix("listening on ").unwrap().split(',').collect();
    assert_eq!(addresses.len(), 2);
    assert_eq!(Raw::connect(addresses[1].parse().unwrap()).info(&["node"]), "node\tB2\n");

    let port = addresses[0].rsplit(':').next().unwrap();
    let second =
        Command::new(env!("CARGO_BIN_EXE_aerostride-devserver")).args(["--port", port]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{message}");

    #[cfg(unix)]
    {
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert_eq!(end_of(&mut child).code(), Some(0));
    }
    #[cfg(not(unix))]
    child.kill().unwrap();
}
