//! Info: questions about the server in plain text.

use std::net::SocketAddr;

use aerostride_wire::{FrameType, finish_frame, start_frame};

use crate::engine::Engine;

const FEATURES: &str = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;\
sindex-exists;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;\
replicas-max;truncate-namespace;udf";

const UNRECOGNIZED: &str = "ERROR:4:unrecognized command";
const ENTERPRISE_ONLY: &str = "ERROR:25:enterprise only";

/// Who asks whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'e> {
    pub(crate) engine: &'e Engine,
    /// The node that was asked.
    pub(crate) node: usize,
    /// The address at which the client reached it.
    pub(crate) local: SocketAddr,
}

/// Appends the reply frame to an info request: a line per name, in the order asked.
pub(crate) fn answer_info(asked: Asked<'_>, body: &[u8], out: &mut Vec<u8>) {
    let frame = start_frame(out, FrameType::Info);
    for name in body.split(|byte| *byte == b'\n').filter(|name| !name.is_empty()) {
        out.extend_from_slice(name);
        out.push(b'\t');
        let value =
            std::str::from_utf8(name).map_or_else(|_| UNRECOGNIZED.to_owned(), |name| asked.value(name));
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
    }
    finish_frame(out, frame);
}

impl Asked<'_> {
    fn value(&self, name: &str) -> String {
        let (command, _parameters) = name.split_at(name.find([':', '/']).unwrap_or(name.len()));
        let config = &self.engine.config;
        match command {
            "node" => self.engine.cluster.member(self.node).id.clone(),
            "build" => config.build.clone(),
            "edition" => "Aerospike Community Edition".to_owned(),
            "version" => format!("Aerospike Community Edition build {}", config.build),
            "cluster-name" => config.cluster_name.clone(),
            "features" => FEATURES.to_owned(),
            "partition-generation" | "peers-generation" => "0".to_owned(),
            "rebalance-generation" => "1".to_owned(),
            "peers-clear-std" => self.peers(),
            "peers-clear-alt" => self.peers(),
            "service-clear-std" | "service" => self.local.to_string(),
            "service-clear-alt" | "services" => String::new(),
            "peers-tls-std" | "peers-tls-alt" | "service-tls-std" | "service-tls-alt" | "rack-ids"
            | "racks" => ENTERPRISE_ONLY.to_owned(),
            "namespaces" => self.namespace_names().join(";"),
            "replicas" => self.replicas(),
            "status" | "user-agent-set" => "ok".to_owned(),
            "digests" => "RIPEMD160".to_owned(),
            _ => UNRECOGNIZED.to_owned(),
        }
    }

    fn namespace_names(&self) -> Vec<String> {
        self.engine.namespaces().iter().map(|namespace| namespace.config.name.clone()).collect()
    }

    fn replicas(&self) -> String {
        let cluster = &self.engine.cluster;
        let bitmaps = cluster.replica_bitmaps(self.node);
        let of = |name: &String| format!("{name}:0,{},{bitmaps}", cluster.copies());
        self.namespace_names().iter().map(of).collect::<Vec<_>>().join(";")
    }

    fn peers(&self) -> String {
        let others =
            self.engine.cluster.members().iter().enumerate().filter(|(index, _)| *index != self.node);
        let peers: Vec<_> = others
            .map(|(_, peer)| {
                let address = SocketAddr::new(self.local.ip(), peer.address.port());
                format!("[{},,[{address}]]", peer.id)
            })
            .collect();
        format!("0,3000,[{}]", peers.join(","))
    }
}
