//! The embedded server as a program.
#![forbid(unsafe_code)]
#![warn(clippy::too_many_lines)]

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::mpsc;

use aerostride_devserver::{Config, DevServer, FaultRule, JoinedNode, NamespaceConfig, Tls, User};
use lexopt::prelude::*;

const HELP: &str = "\
An in-memory Aerospike server for development and tests.

Usage: aerostride-devserver [OPTIONS]

Options:
  --port PORT           port of the first node, further nodes take the ports behind it; 0 takes free ports [default: 3000]
  --host ADDRESS        address to listen on [default: 127.0.0.1]
  --nodes N             number of nodes [default: 1]
  --join ADDRESS        be a node of the cluster of the server at that address, which has one node and runs in another
                        process; only --host and --port count besides
  --replication N       copies of every record, as far as there are nodes [default: 2]
  --racks A,B           rack of every node, such as 1,1,2 [default: none]
  --namespaces A,B      namespaces [default: test,bar]
  --memory MIB          memory per namespace, in MiB [default: 2048]
  --user NAME:PASSWORD:ROLE
                        somebody who may log in, such as ada:secret:read-write; may be given several times, and
                        several roles are separated by commas. With users, everybody has to log in
  --tls-cert FILE       certificate chain, PEM; all connections are TLS then
  --tls-key FILE        private key of the certificate, PEM
  --tls-name NAME       name that clients expect the certificate to be for [default: localhost]
  --tls-client-ca FILE  only clients with a certificate of this authority are let in, PEM
  --fault RULE          what is to go wrong, such as 'on=batch chance=0.1 delay=500'; may be given several times
  --pace PACE           CPU time that requests take beside what they take anyway: real, as a real server, or words such
                        as 'request=5000 row=900 record=400 threads=4', see docs/devserver.md [default: none]
  --seed N              what the choices of faults follow from [default: 0]
  -h, --help            print this text
  -V, --version         print the version

All data is lost when it ends. Ctrl-C ends it.";

enum Wish {
    Serve(Box<Config>),
    Join(SocketAddr, SocketAddr),
    Print(String),
}

fn main() -> ExitCode {
    let result = match wish() {
        Ok(Wish::Print(text)) => {
            say(&format!("{text}\n"));
            Ok(())
        }
        Ok(Wish::Serve(config)) => serve(*config),
        Ok(Wish::Join(seed, address)) => join(seed, address),
        Err(error) => Err(format!("{error}\nTry --help.")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("aerostride-devserver: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Writes to stdout in one piece. Whoever reads it may go away after the first line: that ends nothing.
fn say(text: &str) {
    let mut stdout = io::stdout().lock();
    let _unread = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

fn serve(config: Config) -> Result<(), String> {
    let (ask, asked) = mpsc::channel();
    ctrlc::set_handler(move || {
        // A closed channel means that the program is ending already.
        let _ending = ask.send(());
    })
    .map_err(|error| error.to_string())?;
    let server = DevServer::start(config).map_err(|error| error.to_string())?;
    let addresses: Vec<_> = server.addresses().iter().map(ToString::to_string).collect();
    let (all, first) = (addresses.join(","), &addresses[0]);
    say(&format!("listening on {all}\nconnect an Aerospike client to {first}; Ctrl-C ends the server\n"));
    asked.recv().map_err(|error| error.to_string())?;
    server.stop();
    Ok(())
}

/// Is a node of another server until that one ends.
fn join(seed: SocketAddr, address: SocketAddr) -> Result<(), String> {
    let listener =
        TcpListener::bind(address).map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let node = JoinedNode::start(seed, listener).map_err(|error| error.to_string())?;
    say(&format!("listening on {}\nnode of the server at {seed}; Ctrl-C ends it\n", node.address()));
    node.wait();
    Err(format!("the server at {seed} has ended"))
}

fn wish() -> Result<Wish, lexopt::Error> {
    let mut given = Given::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Wish::Print(HELP.to_owned())),
            Short('V') | Long("version") => {
                return Ok(Wish::Print(format!("aerostride-devserver {}", env!("CARGO_PKG_VERSION"))));
            }
            Long(option) => {
                let option = option.to_owned();
                given.take(&option, &mut parser)?;
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(match given.join {
        Some(seed) => Wish::Join(seed, SocketAddr::new(given.host, given.port)),
        None => Wish::Serve(Box::new(given.config()?)),
    })
}

/// The options that were given, in the order in which they came.
struct Given {
    config: Config,
    join: Option<SocketAddr>,
    host: IpAddr,
    port: u16,
    namespaces: Vec<String>,
    memory_mib: u64,
    faults: Vec<FaultRule>,
    users: Vec<User>,
    tls: TlsFiles,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            config: Config::new(),
            join: None,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 3000,
            namespaces: vec!["test".to_owned(), "bar".to_owned()],
            memory_mib: 2048,
            faults: Vec::new(),
            users: Vec::new(),
            tls: TlsFiles::default(),
        }
    }
}

impl Given {
    fn take(&mut self, option: &str, parser: &mut lexopt::Parser) -> Result<(), lexopt::Error> {
        let config = self.config.clone();
        match option {
            "port" => self.port = parser.value()?.parse()?,
            "host" => self.host = parser.value()?.parse()?,
            "join" => self.join = Some(parser.value()?.parse()?),
            "nodes" => self.config = config.nodes(parser.value()?.parse()?),
            "replication" => self.config = config.replication_factor(parser.value()?.parse()?),
            "racks" => {
                let racks = parser.value()?.string()?;
                let racks: Result<Vec<u32>, _> = racks.split(',').map(str::parse).collect();
                let racks = racks.map_err(|_| "--racks takes numbers joined by commas".to_owned())?;
                self.config = config.racks(racks);
            }
            "namespaces" => {
                self.namespaces = parser.value()?.string()?.split(',').map(str::to_owned).collect();
            }
            "memory" => self.memory_mib = parser.value()?.parse()?,
            "fault" => self.faults.push(parser.value()?.parse()?),
            "user" => self.users.push(parse_user(&parser.value()?.string()?)?),
            "tls-cert" | "tls-key" | "tls-name" | "tls-client-ca" => {
                self.tls.set(option, parser.value()?.string()?);
            }
            "pace" => self.config = config.pace(parser.value()?.parse()?),
            "seed" => self.config = config.seed(parser.value()?.parse()?),
            other => return Err(Long(other).unexpected()),
        }
        Ok(())
    }

    fn config(self) -> Result<Config, lexopt::Error> {
        let Self { config, host, port, namespaces, memory_mib, faults, users, tls, .. } = self;
        let limit = memory_mib.saturating_mul(1 << 20);
        let namespaces = namespaces.into_iter().map(|name| NamespaceConfig::new(name).memory_limit(limit));
        let config = config.host(host).port(port).namespaces(namespaces).faults(faults).users(users);
        Ok(match tls.load()? {
            Some(tls) => config.tls(tls),
            None => config,
        })
    }
}

fn parse_user(text: &str) -> Result<User, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(name), Some(password), Some(roles)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("a user is NAME:PASSWORD:ROLE".to_owned());
    };
    Ok(roles.split(',').fold(User::new(name, password), User::role))
}

/// Where certificate and key are, as far as it was said.
#[derive(Default)]
struct TlsFiles {
    name: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
    client_authority: Option<String>,
}

impl TlsFiles {
    fn set(&mut self, option: &str, value: String) {
        let place = match option {
            "tls-cert" => &mut self.certificate,
            "tls-key" => &mut self.key,
            "tls-client-ca" => &mut self.client_authority,
            _ => &mut self.name,
        };
        *place = Some(value);
    }

    fn load(self) -> Result<Option<Tls>, String> {
        let read = |path: &String| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
        let (certificate, key) = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => (read(certificate)?, read(key)?),
            (None, None) => return Ok(None),
            _ => return Err("--tls-cert and --tls-key belong together".to_owned()),
        };
        let authority = self.client_authority.as_ref().map(read).transpose()?;
        let name = self.name.unwrap_or_else(|| Tls::DEFAULT_NAME.to_owned());
        let tls = Tls::from_pem(name, &certificate, &key, authority.as_deref());
        tls.map(Some).map_err(|error| error.to_string())
    }
}
