//! Info: questions about the server in plain text, and the few orders that are given this way.

mod arguments;
mod commands;
mod functions;
mod indexes;
mod logs;
mod nodes;
mod pages;
mod queries;
mod records;
mod settings;
mod truncate;

use std::net::SocketAddr;

use aerostride_wire::{FrameType, finish_frame, start_frame};

use crate::agents::Agent;
use crate::command::Service;
use crate::security::Permission;
use crate::store::Namespace;
use commands::{Answer, COMMANDS, Command, Kind, find};

const UNRECOGNIZED: &str = "ERROR:4:unrecognized command";
const ENTERPRISE_ONLY: &str = "ERROR:25:enterprise only";
const NOT_AUTHENTICATED: &[u8] = b"ERROR:80:not authenticated\n";
const OK: &str = "ok";
/// A name that is longer is none of a command.
const MAX_NAME: usize = 31;

/// Who asks whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'e> {
    pub(crate) service: Service<'e>,
    /// The address at which the client reached the node.
    pub(crate) local: SocketAddr,
    /// Which client it is.
    pub(crate) agent: &'e Agent,
}

/// Appends the reply frame to an info request: a line per command, in the order asked. What stands behind the last line
/// break is no command.
pub(crate) fn answer_info(asked: Asked<'_>, body: &[u8], out: &mut Vec<u8>) {
    let frame = start_frame(out, FrameType::Info);
    asked.service.engine.counters(asked.service.node).count_info();
    if asked.service.engine.security.is_some() && asked.service.login.is_none() {
        out.extend_from_slice(NOT_AUTHENTICATED);
    } else if body.is_empty() {
        for command in COMMANDS.iter().filter(|command| command.kind == Kind::Summary) {
            asked.append_line(command.name.as_bytes(), out);
        }
    } else {
        let mut lines = body.split(|byte| *byte == b'\n');
        lines.next_back();
        lines.for_each(|line| asked.append_line(line, out));
    }
    finish_frame(out, frame);
}

impl Asked<'_> {
    fn append_line(&self, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(line);
        out.push(b'\t');
        let value =
            std::str::from_utf8(line).map_or_else(|_| UNRECOGNIZED.to_owned(), |line| self.value(line));
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
    }

    fn value(&self, line: &str) -> String {
        let (name, parameters) =
            line.find([':', '/', ';']).map_or((line, ""), |at| (&line[..at], &line[at + 1..]));
        let Some(command) = find(name).filter(|_| name.len() <= MAX_NAME) else {
            return UNRECOGNIZED.to_owned();
        };
        match self.check(command, parameters) {
            Err(error) => error,
            Ok(()) => match command.answer {
                Answer::Text(text) => text.to_owned(),
                Answer::Of(answer) => answer(self, parameters),
            },
        }
    }

    /// Refuses what this edition does not have, what the one who asks may not do, and arguments that are wrong.
    fn check(&self, command: &Command, parameters: &str) -> Result<(), String> {
        let config = &self.service.engine.config;
        let has = match command.kind {
            Kind::Summary | Kind::Shown | Kind::Hidden => true,
            Kind::Enterprise => self.is_enterprise(),
            Kind::Tls => config.tls.is_some(),
            Kind::Racks => !config.racks.is_empty(),
        };
        if !has {
            return Err(ENTERPRISE_ONLY.to_owned());
        }
        if let Some(permission) = command.permission {
            self.check_permission(permission, parameters)?;
        }
        arguments::check(command.arguments, parameters, self.service.engine)
    }

    fn check_permission(&self, permission: Permission, parameters: &str) -> Result<(), String> {
        let scope = |name| arguments::parameter(parameters, name).unwrap_or_default().as_bytes();
        // Only data is divided among users by namespace and set.
        let (namespace, set) = match permission {
            Permission::Truncate => (scope("namespace"), scope("set")),
            _ => Default::default(),
        };
        self.service.check(permission, namespace, set).map_err(|code| {
            format!("ERROR:{code}:role violation - requires permission '{}'", permission.name())
        })
    }

    fn each_namespace(&self, separator: &str, show: impl Fn(&Namespace) -> String) -> String {
        self.service.engine.namespaces().iter().map(show).collect::<Vec<_>>().join(separator)
    }

    fn is_enterprise(&self) -> bool {
        self.service.engine.is_enterprise()
    }

    fn edition(&self) -> &'static str {
        if self.is_enterprise() { "Aerospike Enterprise Edition" } else { "Aerospike Community Edition" }
    }
}
