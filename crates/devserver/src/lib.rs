//! An embedded in-memory Aerospike server for demos and tests.
//!
//! It speaks the real protocol, so every Aerospike client works against it unchanged. It needs no container, no
//! configuration file and no async runtime: [`DevServer::start`] takes a [`Config`] and returns when the ports are
//! open.
#![forbid(unsafe_code)]
#![warn(clippy::too_many_lines)]

mod agents;
mod bits;
mod cdt;
mod clock;
mod cluster;
mod command;
mod config;
mod connection;
mod engine;
mod error;
mod expression;
mod fault;
mod functions;
mod fuzz;
mod geo;
mod index;
mod info;
mod joined;
mod msgpack;
mod node;
mod pace;
mod queries;
mod security;
mod server;
mod settings;
mod sketch;
mod standing;
mod store;
mod tls;

pub use clock::Clock;
pub use config::{Config, NamespaceConfig};
pub use error::DevServerError;
pub use fault::{
    Fault, FaultRule, ParseRuleError, Trigger, WrongIndex, WrongPartition, WrongSize, WrongTrailer,
};
#[doc(hidden)]
pub use fuzz::fuzz_answer;
pub use joined::JoinedNode;
pub use pace::{Pace, ParsePaceError};
pub use security::User;
pub use server::{DevServer, Stats};
pub use tls::{Authority, Certificates, Expired, Identity, SelfMade, Tls};
