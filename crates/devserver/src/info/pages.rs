//! The long info values: pages of `name=value` pairs. Their names and order are those of a real server; a value in
//! braces is filled in, the others do not change here.

use aerostride_wire::PARTITIONS;

use crate::command::Service;
use crate::store::Namespace;

const STATISTICS: &str = include_str!("statistics.txt");
const NAMESPACE: &str = include_str!("namespace.txt");
const SERVICE_CONFIG: &str = include_str!("service.txt");

/// `page` with its braces filled.
fn fill(page: &str, value: impl Fn(&str) -> String) -> String {
    let lines = page.lines().map(|line| match line.split_once("={") {
        Some((name, place)) => format!("{name}={}", value(place.trim_end_matches('}'))),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join(";")
}

pub(super) fn statistics(service: Service<'_>) -> String {
    let engine = service.engine;
    let outlook = engine.cluster.outlook(service.node);
    let counters = engine.counters(service.node);
    fill(STATISTICS, |place| match place {
        "cluster_size" => outlook.size().to_string(),
        "cluster_key" => format!("{:012X}", outlook.cluster_key()),
        "rebalance_generation" => outlook.rebalance_generation().to_string(),
        "principal" => engine.cluster.members().last().map(|member| member.id.clone()).unwrap_or_default(),
        "migrate_partitions_remaining" => outlook.migrations().to_string(),
        "uptime" => engine.uptime().as_secs().to_string(),
        "objects" => engine.namespaces().iter().map(Namespace::objects).sum::<u64>().to_string(),
        "client_connections" => counters.open().to_string(),
        "client_connections_opened" => counters.opened().to_string(),
        "client_connections_closed" => counters.closed().to_string(),
        _ => String::new(),
    })
}

pub(super) fn namespace(service: Service<'_>, namespace: &Namespace) -> String {
    let engine = service.engine;
    let outlook = engine.cluster.outlook(service.node);
    let config = &namespace.config;
    let mastered = || -> usize {
        let partitions = (0..PARTITIONS).filter(|&partition| outlook.is_master(partition));
        partitions.map(|partition| namespace.read(partition).len()).sum()
    };
    let used_percent = namespace.memory().saturating_mul(100) / config.memory_limit.max(1);
    fill(NAMESPACE, |place| match place {
        "cluster_size" => outlook.size().to_string(),
        "replication_factor" => outlook.copies().to_string(),
        "configured_replication_factor" => engine.config.replication_factor.to_string(),
        "objects" => namespace.objects().to_string(),
        "master_objects" => mastered().to_string(),
        "prole_objects" => (namespace.objects() as usize).saturating_sub(mastered()).to_string(),
        "index_bytes" => (namespace.objects() * 64).to_string(),
        "memory" => namespace.memory().to_string(),
        "memory_limit" => config.memory_limit.to_string(),
        "memory_pct" => used_percent.min(100).to_string(),
        "free_pct" => (100 - used_percent.min(100)).to_string(),
        "stop_writes" => namespace.is_full().to_string(),
        "now" => engine.now().seconds().to_string(),
        "default_ttl" => config.default_ttl.to_string(),
        "max_record_size" => config.max_record_size.to_string(),
        "migrate_partitions_remaining" => outlook.migrations().to_string(),
        _ => String::new(),
    })
}

/// The sets of a namespace, each ended by a semicolon.
pub(super) fn sets(service: Service<'_>, namespace: &Namespace) -> String {
    let usage = namespace.set_usage(service.engine.now());
    let named = namespace.set_names().into_iter().zip(usage).skip(1);
    let show = |(name, (objects, bytes)): (std::sync::Arc<[u8]>, (u64, u64))| {
        format!(
            "ns={}:set={}:objects={objects}:tombstones=0:data_used_bytes={bytes}:truncate_lut=0:sindexes=0:\
             index_populating=false:truncating=false:default-read-touch-ttl-pct=0:default-ttl=0:\
             disable-eviction=false:enable-index=false:stop-writes-count=0:stop-writes-size=0;",
            namespace.config.name,
            String::from_utf8_lossy(&name),
        )
    };
    named.map(show).collect()
}

pub(super) fn service_config(service: Service<'_>) -> String {
    let config = &service.engine.config;
    fill(SERVICE_CONFIG, |place| match place {
        "batch_max_requests" => config.batch_max_requests.to_string(),
        "cluster_name" => config.cluster_name.clone(),
        "max_connections" => config.max_connections.to_string(),
        "node" => service.engine.cluster.member(service.node).id.clone(),
        _ => String::new(),
    })
}
