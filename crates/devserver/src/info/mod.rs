//! Info: questions about the server in plain text, and the few orders that are given this way.

mod indexes;
mod pages;
mod queries;
mod truncate;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use aerostride_wire::{FrameType, finish_frame, start_frame};

use crate::cluster::Outlook;
use crate::command::Service;
use crate::store::Namespace;

const FEATURES: &str = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;\
sindex-exists;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;\
replicas-max;truncate-namespace;udf";

const UNRECOGNIZED: &str = "ERROR:4:unrecognized command";
const ENTERPRISE_ONLY: &str = "ERROR:25:enterprise only";
const NOT_AUTHENTICATED: &str = "ERROR:80:not authenticated";
const OK: &str = "ok";

/// What an empty request asks for.
const EVERYTHING: [&str; 15] = [
    "features",
    "node",
    "compatibility-id",
    "edition",
    "build_ee_sha",
    "build_sha",
    "build_arch",
    "build_time",
    "build_os",
    "build",
    "version",
    "statistics",
    "services-alumni",
    "services",
    "partition-generation",
];

/// Who asks whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'e> {
    pub(crate) service: Service<'e>,
    /// The address at which the client reached the node.
    pub(crate) local: SocketAddr,
}

/// Appends the reply frame to an info request: a line per name, in the order asked.
pub(crate) fn answer_info(asked: Asked<'_>, body: &[u8], out: &mut Vec<u8>) {
    let frame = start_frame(out, FrameType::Info);
    let mut names = body.split(|byte| *byte == b'\n').filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        for name in EVERYTHING {
            asked.append_line(name.as_bytes(), out);
        }
    }
    for name in names {
        asked.append_line(name, out);
    }
    finish_frame(out, frame);
}

impl Asked<'_> {
    fn append_line(&self, name: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(name);
        out.push(b'\t');
        let value =
            std::str::from_utf8(name).map_or_else(|_| UNRECOGNIZED.to_owned(), |name| self.value(name));
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
    }

    fn value(&self, name: &str) -> String {
        if self.service.engine.security.is_some() && self.service.login.is_none() {
            return NOT_AUTHENTICATED.to_owned();
        }
        let (command, parameters) = match name.find([':', '/']) {
            Some(at) => (&name[..at], &name[at + 1..]),
            None => (name, ""),
        };
        let constant = match command {
            "features" => FEATURES,
            "compatibility-id" => "15",
            "build_arch" => std::env::consts::ARCH,
            "build_os" => std::env::consts::OS,
            "status" | "user-agent-set" => OK,
            "digests" => "RIPEMD160",
            "best-practices" => "failed_best_practices=none",
            "build_ee_sha" | "build_sha" | "build_time" | "services-alumni" | "services"
            | "service-clear-alt" | "udf-list" | "scan-show" | "health-outliers" => "",
            _ => return self.live_value(command, parameters),
        };
        constant.to_owned()
    }

    /// What depends on settings, on the cluster, or on what is stored.
    fn live_value(&self, command: &str, parameters: &str) -> String {
        let of_others = || self.of_endpoints(command).or_else(|| self.of_namespaces(command, parameters));
        let value = self.of_cluster(command, parameters).or_else(of_others);
        value.unwrap_or_else(|| self.obey(command, parameters))
    }

    /// The node, its settings, and its place in the cluster.
    fn of_cluster(&self, command: &str, parameters: &str) -> Option<String> {
        let Service { engine, node, .. } = self.service;
        let outlook = || engine.cluster.outlook(node);
        Some(match command {
            "name" | "node" => engine.cluster.member(node).id.clone(),
            "edition" => self.edition().to_owned(),
            "build" => engine.config.build.clone(),
            "version" => format!("{} build {}", self.edition(), engine.config.build),
            "cluster-name" => engine.config.cluster_name.clone(),
            "partition-generation" => outlook().partition_generation().to_string(),
            "peers-generation" => outlook().peers_generation().to_string(),
            "rebalance-generation" => outlook().rebalance_generation().to_string(),
            "cluster-stable" => cluster_stable(&outlook(), parameters),
            "statistics" => pages::statistics(self.service),
            "get-config" if parameters == "context=service" => pages::service_config(self.service),
            "get-config" => "ERROR:4:invalid context".to_owned(),
            _ => return None,
        })
    }

    /// Addresses of this node and of the others.
    fn of_endpoints(&self, command: &str) -> Option<String> {
        let Service { engine, node, .. } = self.service;
        let outlook = || engine.cluster.outlook(node);
        let tls = engine.config.tls.as_ref();
        Some(match command {
            "peers-tls-std" | "peers-tls-alt" | "service-tls-std" | "service-tls-alt" if tls.is_none() => {
                ENTERPRISE_ONLY.to_owned()
            }
            "peers-clear-std" | "peers-clear-alt" if tls.is_some() => {
                format!("{},3000,[]", outlook().peers_generation())
            }
            "service-clear-std" if tls.is_some() => String::new(),
            "service-tls-alt" => String::new(),
            "peers-clear-std" | "peers-clear-alt" | "alumni-clear-std" => self.peers(&outlook(), ""),
            "peers-tls-std" | "peers-tls-alt" => self.peers(&outlook(), tls.map_or("", |tls| &tls.name)),
            "service-clear-std" | "service" | "service-tls-std" => self.local.to_string(),
            _ => return None,
        })
    }

    /// What namespaces there are, and what each has.
    fn of_namespaces(&self, command: &str, parameters: &str) -> Option<String> {
        let Service { engine, node, .. } = self.service;
        let outlook = || engine.cluster.outlook(node);
        Some(match command {
            "namespaces" => self.each_namespace(";", |namespace| namespace.config.name.clone()),
            "rack-ids" | "racks" if engine.config.racks.is_empty() => ENTERPRISE_ONLY.to_owned(),
            "rack-ids" => {
                let rack = engine.config.racks[node];
                self.each_namespace(";", |namespace| format!("{}:{rack}", namespace.config.name))
            }
            "racks" => {
                let racks = self.racks(&outlook());
                self.each_namespace(";", |namespace| format!("ns={}{racks}", namespace.config.name))
            }
            "replicas" => {
                let replicas = outlook().replicas();
                self.each_namespace(";", |namespace| format!("{}:0,{replicas}", namespace.config.name))
            }
            "namespace" => {
                self.of_namespace(parameters, |namespace| pages::namespace(self.service, namespace))
            }
            "sets" if parameters.is_empty() => {
                self.each_namespace("", |namespace| pages::sets(self.service, namespace))
            }
            "sets" => {
                let name = parameters.split('/').next().unwrap_or_default();
                self.of_namespace(name, |namespace| pages::sets(self.service, namespace))
            }
            _ => return None,
        })
    }

    /// Orders, and what is known of indexes and queries.
    fn obey(&self, command: &str, parameters: &str) -> String {
        match command {
            "sindex-create" => indexes::create(self.service, parameters),
            "sindex-delete" => indexes::delete(self.service, parameters),
            "sindex-exists" => indexes::exists(self.service, parameters),
            "sindex-list" => indexes::list(self.service, parameters),
            "sindex-stat" => indexes::stat(self.service, parameters),
            "sindex" => indexes::older(self.service, parameters),
            "query-show" => queries::show(self.service, parameters),
            "query-abort" => queries::abort(self.service, parameters),
            "query-abort-all" => queries::abort_all(self.service),
            "truncate-undo" | "truncate-namespace-undo" => OK.to_owned(),
            "truncate" | "truncate-namespace" => truncate::truncate(self.service, command, parameters),
            _ => UNRECOGNIZED.to_owned(),
        }
    }

    fn each_namespace(&self, separator: &str, show: impl Fn(&Namespace) -> String) -> String {
        self.service.engine.namespaces().iter().map(show).collect::<Vec<_>>().join(separator)
    }

    fn of_namespace(&self, name: &str, show: impl Fn(&Namespace) -> String) -> String {
        match self.service.engine.namespace(name.as_bytes()) {
            Some(namespace) => show(namespace),
            None => "ERROR:20:unknown namespace".to_owned(),
        }
    }

    /// The nodes of every rack, as `:rack_1=B1,B2:rack_2=B3`.
    fn racks(&self, outlook: &Outlook) -> String {
        let Service { engine, node, .. } = self.service;
        let mut racks: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (index, (member, rack)) in engine.cluster.members().iter().zip(&engine.config.racks).enumerate() {
            if index == node || outlook.has_peer(index) {
                racks.entry(*rack).or_default().push(&member.id);
            }
        }
        racks.iter().map(|(rack, nodes)| format!(":rack_{rack}={}", nodes.join(","))).collect()
    }

    /// Only one edition of real servers has security, TLS and racks, and a server that has them says so.
    fn edition(&self) -> &'static str {
        let engine = self.service.engine;
        let config = &engine.config;
        if engine.security.is_some() || config.tls.is_some() || !config.racks.is_empty() {
            "Aerospike Enterprise Edition"
        } else {
            "Aerospike Community Edition"
        }
    }

    fn peers(&self, outlook: &Outlook, tls_name: &str) -> String {
        let members = self.service.engine.cluster.members().iter().enumerate();
        let peers: Vec<_> = members
            .filter(|(index, _)| outlook.has_peer(*index))
            .map(|(_, peer)| {
                let address = SocketAddr::new(self.local.ip(), peer.address.port());
                format!("[{},{tls_name},[{address}]]", peer.id)
            })
            .collect();
        format!("{},3000,[{}]", outlook.peers_generation(), peers.join(","))
    }
}

/// The cluster's key, if the cluster is as large and as quiet as the asker wants it.
fn cluster_stable(outlook: &Outlook, parameters: &str) -> String {
    let parameter = |name| parameter(parameters, name);
    let other_size = parameter("size").is_some_and(|size| size != outlook.size().to_string());
    let patient = parameter("ignore-migrations").is_some_and(|ignore| ignore == "true" || ignore == "yes");
    if other_size || outlook.partition_generation() < 0 || (outlook.migrations() > 0 && !patient) {
        return "ERROR:11:unstable-cluster".to_owned();
    }
    format!("{:012X}", outlook.cluster_key())
}

/// The value of `name` among `name=value` pairs.
fn parameter<'p>(parameters: &'p str, name: &str) -> Option<&'p str> {
    parameters
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
