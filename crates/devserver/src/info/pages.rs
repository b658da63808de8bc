//! The long info values: pages of `name=value` pairs. Their names and order are those of a real server; a value in
//! braces is filled in, lines with `#` are repeated for every stripe of a namespace, and the others do not change here.

use std::fmt::Write as _;

use aerostride_wire::PARTITIONS;

use super::Asked;
use super::arguments::parameter;
use crate::command::Service;
use crate::store::Namespace;

const STATISTICS: &str = include_str!("statistics.txt");
const NAMESPACE: &str = include_str!("namespace.txt");
/// Stripes of the memory of a namespace.
const STRIPES: u64 = 8;
const STRIPE_NAMES: [&str; STRIPES as usize] = ["0", "1", "2", "3", "4", "5", "6", "7"];
/// What a real server shows for a namespace that it does not have.
const UNKNOWN: &str = "type=unknown";

/// Settings: lines of their kind, which says how `set-config` may change them, and `name=value`.
#[derive(Clone, Copy)]
pub(super) struct Page(&'static str);

impl Page {
    pub(super) const SERVICE: Self = Self(include_str!("config_service.txt"));
    pub(super) const NETWORK: Self = Self(include_str!("config_network.txt"));
    pub(super) const NAMESPACE: Self = Self(include_str!("config_namespace.txt"));

    /// Kind, name and value of every setting.
    pub(super) fn settings(self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        self.0.lines().filter_map(|line| {
            let (kind, setting) = line.split_once(' ')?;
            let (name, value) = setting.split_once('=')?;
            Some((kind, name, value))
        })
    }

    fn show(self, service: Service<'_>, scope: &str, value: impl Fn(&str) -> String) -> String {
        let settings = service.engine.settings(service.node);
        let mut page = String::new();
        for (_, name, shown) in self.settings() {
            if name.contains('#') {
                for stripe in STRIPE_NAMES {
                    let _written = write!(page, "{name}={shown};").is_ok();
                    page = page.replace('#', stripe);
                }
                continue;
            }
            let shown = settings.get(scope, name).unwrap_or_else(|| filled(shown, &value));
            let _written = write!(page, "{name}={shown};").is_ok();
        }
        page.pop();
        page
    }
}

fn filled(shown: &str, value: impl Fn(&str) -> String) -> String {
    match shown.strip_prefix('{') {
        Some(place) => value(place.trim_end_matches('}')),
        None => shown.to_owned(),
    }
}

/// `page` with its braces filled.
fn fill(page: &str, value: impl Fn(&str) -> String) -> String {
    let line = |line: &str| match line.split_once('=') {
        Some((name, shown)) => format!("{name}={}", filled(shown, &value)),
        None => line.to_owned(),
    };
    let lines: Vec<_> = page.lines().map(line).collect();
    let mut all = Vec::new();
    for group in lines.chunk_by(|one, other| one.contains('#') == other.contains('#')) {
        if group[0].contains('#') {
            let group = group.join(";");
            all.extend(STRIPE_NAMES.iter().map(|stripe| group.replace('#', stripe)));
        } else {
            all.extend_from_slice(group);
        }
    }
    all.join(";")
}

pub(super) fn statistics(service: Service<'_>) -> String {
    let engine = service.engine;
    let outlook = engine.cluster.outlook(service.node);
    let counters = engine.counters(service.node);
    let heap = || engine.namespaces().iter().map(Namespace::memory).sum::<u64>() >> 10;
    fill(STATISTICS, |place| match place {
        "cluster_size" => outlook.size().to_string(),
        "cluster_key" => format!("{:X}", outlook.cluster_key()),
        "rebalance_generation" => outlook.rebalance_generation().to_string(),
        "principal" => engine.cluster.principal(service.node, &outlook).to_owned(),
        "is_member" => (outlook.partition_generation() >= 0).to_string(),
        "migrate_partitions_remaining" => outlook.migrations().to_string(),
        "uptime" | "since_rebalance" => engine.uptime().as_secs().to_string(),
        "objects" => engine.namespaces().iter().map(Namespace::objects).sum::<u64>().to_string(),
        "client_connections" | "threads" => counters.open().to_string(),
        "client_connections_opened" => counters.opened().to_string(),
        "client_connections_closed" => counters.closed().to_string(),
        "long_queries" => engine.queries(service.node).running().to_string(),
        "info_complete" => counters.info().to_string(),
        "batches" => counters.batches().to_string(),
        "heap" => heap().to_string(),
        _ => String::new(),
    })
}

/// What a namespace has and how it is set.
pub(super) fn namespace(asked: &Asked<'_>, name: &str) -> String {
    let service = asked.service;
    match service.engine.namespace(name.as_bytes()) {
        Some(namespace) => {
            [namespace_statistics(service, namespace), namespace_settings(service, namespace)].join(";")
        }
        None => UNKNOWN.to_owned(),
    }
}

fn namespace_statistics(service: Service<'_>, namespace: &Namespace) -> String {
    let engine = service.engine;
    let outlook = engine.cluster.outlook(service.node);
    let config = &namespace.config;
    let mastered = || -> usize {
        let partitions = (0..PARTITIONS).filter(|&partition| outlook.is_master(partition));
        partitions.map(|partition| namespace.read(partition).len()).sum()
    };
    let used_percent = namespace.memory().saturating_mul(100) / config.memory_limit.max(1);
    let ended = |is_index| engine.queries(service.node).completed(&config.name, is_index);
    fill(NAMESPACE, |place| match place {
        "cluster_size" => outlook.size().to_string(),
        "replication_factor" => outlook.copies().to_string(),
        "objects" => namespace.objects().to_string(),
        "master_objects" => mastered().to_string(),
        "prole_objects" => (namespace.objects() as usize).saturating_sub(mastered()).to_string(),
        "index_bytes" => (namespace.objects() * 64).to_string(),
        "sindex_bytes" => (namespace.indexes.list().len() as u64 * super::indexes::STAGE).to_string(),
        "memory" => namespace.memory().to_string(),
        "stripe_bytes" => (namespace.memory() / STRIPES).to_string(),
        "memory_limit" => config.memory_limit.to_string(),
        "memory_pct" => used_percent.min(100).to_string(),
        "free_pct" => (100 - used_percent.min(100)).to_string(),
        "stop_writes" => namespace.is_full().to_string(),
        "now" => engine.now().seconds().to_string(),
        "truncate_lut" => namespace.truncated(0).0.to_string(),
        "migrate_partitions_remaining" => outlook.migrations().to_string(),
        "pi_query_long" => ended(false).to_string(),
        "si_query_long" => ended(true).to_string(),
        _ => String::new(),
    })
}

pub(super) fn namespace_settings(service: Service<'_>, namespace: &Namespace) -> String {
    let config = &namespace.config;
    Page::NAMESPACE.show(service, &config.name, |place| match place {
        "default_ttl" => config.default_ttl.to_string(),
        "nsup_period" => config.nsup_period.to_string(),
        "max_record_size" => config.max_record_size.to_string(),
        "memory_limit" => config.memory_limit.to_string(),
        "configured_replication_factor" => service.engine.config.replication_factor.to_string(),
        "rack" => service.engine.config.racks.get(service.node).unwrap_or(&0).to_string(),
        _ => String::new(),
    })
}

pub(super) fn service_settings(asked: &Asked<'_>) -> String {
    let service = asked.service;
    let config = &service.engine.config;
    Page::SERVICE.show(service, "service", |place| match place {
        "batch_max_requests" => config.batch_max_requests.to_string(),
        "cluster_name" => config.cluster_name.clone(),
        "max_connections" => config.max_connections.to_string(),
        "query_threads_limit" => config.query_threads_limit.to_string(),
        "node" => service.engine.cluster.member(service.node).id.clone(),
        _ => String::new(),
    })
}

pub(super) fn network_settings(asked: &Asked<'_>) -> String {
    Page::NETWORK.show(asked.service, "network", |place| match place {
        "port" => asked.local.port().to_string(),
        "host" => asked.local.ip().to_string(),
        _ => String::new(),
    })
}

/// The sets: `sets`, `sets/NAMESPACE`, and `sets/NAMESPACE/SET` without the names in front.
pub(super) fn sets(asked: &Asked<'_>, path: &str) -> String {
    let service = asked.service;
    let (name, set) = path.split_once('/').map_or((path, None), |(name, set)| (name, Some(set)));
    if path.is_empty() {
        return asked.each_namespace("", |namespace| sets_of(service, namespace, None));
    }
    match service.engine.namespace(name.as_bytes()) {
        Some(namespace) => sets_of(service, namespace, set),
        None => "ns_type=unknown".to_owned(),
    }
}

fn sets_of(service: Service<'_>, namespace: &Namespace, only: Option<&str>) -> String {
    let usage = namespace.set_usage(service.engine.now());
    let indexes = namespace.indexes.list();
    let settings = service.engine.settings(service.node);
    let mut page = String::new();
    for (id, (set, (objects, bytes))) in namespace.set_names().into_iter().zip(usage).enumerate().skip(1) {
        let set = String::from_utf8_lossy(&set);
        if only.is_some_and(|only| only != set) {
            continue;
        }
        let ns = &namespace.config.name;
        if only.is_none() {
            let _written = write!(page, "ns={ns}:set={set}:").is_ok();
        }
        let (of_set, of_values): (Vec<_>, Vec<_>) =
            indexes.iter().filter(|index| index.definition.set == set).partition(|index| index.is_of_set());
        let scope = format!("{ns}|{set}");
        let setting =
            |name, otherwise: &str| settings.get(&scope, name).unwrap_or_else(|| otherwise.to_owned());
        let _written = write!(
            page,
            "objects={objects}:tombstones=0:data_used_bytes={bytes}:truncate_lut={}:sindexes={}:\
             index_populating=false:truncating=false:default-read-touch-ttl-pct={}:default-ttl={}:\
             disable-eviction={}:enable-index={}:stop-writes-count={}:stop-writes-size={};",
            namespace.truncated(id as u16).0,
            of_values.len(),
            setting("default-read-touch-ttl-pct", "0"),
            setting("default-ttl", "0"),
            setting("disable-eviction", "false"),
            setting("enable-index", if of_set.is_empty() { "false" } else { "true" }),
            setting("stop-writes-count", "0"),
            setting("stop-writes-size", "0"),
        )
        .is_ok();
    }
    page
}

/// Records of all namespaces.
pub(super) fn objects(asked: &Asked<'_>, _: &str) -> String {
    asked.service.engine.namespaces().iter().map(Namespace::objects).sum::<u64>().to_string()
}

/// Histograms are made now and then by real servers, and are empty until then.
pub(super) fn histogram(asked: &Asked<'_>, parameters: &str) -> String {
    let given = |name| parameter(parameters, name).unwrap_or_default();
    let kind = given("type");
    let known = matches!(kind, "ttl" | "object-size" | "object-size-linear");
    let Some(set) = parameter(parameters, "set") else {
        return if known { String::new() } else { UNKNOWN_HISTOGRAM.to_owned() };
    };
    let namespace = asked.service.engine.namespace(given("namespace").as_bytes());
    match namespace.and_then(|namespace| namespace.set_id(set.as_bytes())) {
        None => "ERROR:4:unknown set name".to_owned(),
        Some(_) if known => "hist-unavailable".to_owned(),
        Some(_) => UNKNOWN_HISTOGRAM.to_owned(),
    }
}

const UNKNOWN_HISTOGRAM: &str = "ERROR:4:unknown hist name";

/// Latencies that a namespace measures always.
const MEASURED: &str = "read write udf batch-sub-read batch-sub-write batch-sub-udf pi-query si-query";

/// What else can be asked for by name: the name and the histograms of it.
const BENCHMARKS: &[(&str, &str)] = &[
    ("read-touch", "read-touch"),
    ("re-repl", "re-repl"),
    ("proxy", "proxy"),
    ("benchmarks-read", "read-start read-restart read-dup-res read-repl-ping read-local read-response"),
    (
        "benchmarks-write",
        "write-start write-restart write-dup-res write-master write-repl-write write-response",
    ),
    ("benchmarks-udf", "udf-start udf-restart udf-dup-res udf-master udf-repl-write udf-response"),
    (
        "benchmarks-batch-sub",
        "batch-sub-prestart batch-sub-start batch-sub-restart batch-sub-dup-res batch-sub-repl-ping \
         batch-sub-read-local batch-sub-write-master batch-sub-udf-master batch-sub-repl-write batch-sub-response",
    ),
    (
        "benchmarks-udf-sub",
        "udf-sub-start udf-sub-restart udf-sub-dup-res udf-sub-master udf-sub-repl-write udf-sub-response",
    ),
    (
        "benchmarks-ops-sub",
        "ops-sub-start ops-sub-restart ops-sub-dup-res ops-sub-master ops-sub-repl-write ops-sub-response",
    ),
];

/// What a server shows that has measured nothing in the last seconds: operations per second, and the percentages of those that
/// took longer than 1, 2, 4... ms.
const NOTHING_MEASURED: &str =
    "msec,0.0,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00";

/// Latencies. Those that are not measured unless somebody asks for it have nothing behind their name.
pub(super) fn latencies(asked: &Asked<'_>, parameters: &str) -> String {
    let prefixed = |namespace: &str, names: &str| -> Vec<String> {
        let measured =
            |name: &str| if MEASURED.split(' ').any(|known| known == name) { NOTHING_MEASURED } else { "" };
        names.split_whitespace().map(|name| format!("{{{namespace}}}-{name}:{}", measured(name))).collect()
    };
    let Some(wanted) = parameter(parameters, "hist") else {
        let all = asked.each_namespace(";", |namespace| prefixed(&namespace.config.name, MEASURED).join(";"));
        return format!("batch-index:{NOTHING_MEASURED};{all}");
    };
    let of_namespace = || {
        let (namespace, name) = wanted.strip_prefix('{')?.split_once("}-")?;
        asked.service.engine.namespace(namespace.as_bytes())?;
        let always = MEASURED.split(' ').find(|known| *known == name);
        let names = always.or_else(|| {
            BENCHMARKS.iter().find(|(known, _)| *known == name).map(|(_, histograms)| *histograms)
        })?;
        Some(prefixed(namespace, names).join(";"))
    };
    match wanted {
        "batch-index" => format!("batch-index:{NOTHING_MEASURED}"),
        "info" => "info:".to_owned(),
        "benchmarks-fabric" => ["bulk", "ctrl", "meta", "rw"]
            .map(|channel| {
                ["send-init", "send-fragment", "recv-fragment", "recv-cb"]
                    .map(|step| format!("fabric-{channel}-{step}:"))
                    .join(";")
            })
            .join(";"),
        _ => of_namespace().unwrap_or_else(|| "ERROR:4:bad hist name".to_owned()),
    }
}
