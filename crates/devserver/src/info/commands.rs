//! Which commands there are, in the order of real servers, and who may give them.

use super::{Asked, OK, functions, indexes, logs, nodes, pages, queries, records, settings, truncate};
use crate::security::Permission;

/// A command.
pub(super) struct Command {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) permission: Option<Permission>,
    /// See [`check`](super::arguments::check).
    pub(super) arguments: &'static str,
    pub(super) answer: Answer,
}

/// Where a command is to be had.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An empty request asks for it.
    Summary,
    Shown,
    /// `help` does not name it.
    Hidden,
    /// The Community Edition refuses it.
    Enterprise,
    /// So it does, unless there is TLS.
    Tls,
    /// So it does, unless there are racks.
    Racks,
}

/// How a command is answered.
pub(super) enum Answer {
    Text(&'static str),
    Of(fn(&Asked<'_>, &str) -> String),
}

/// The command of that name.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

type Handler = fn(&Asked<'_>, &str) -> String;

const fn question(name: &'static str, kind: Kind, answer: Handler) -> Command {
    Command { name, kind, permission: None, arguments: "", answer: Answer::Of(answer) }
}

const fn text(name: &'static str, kind: Kind, text: &'static str) -> Command {
    Command { name, kind, permission: None, arguments: "", answer: Answer::Text(text) }
}

const fn with(
    name: &'static str,
    permission: Option<Permission>,
    arguments: &'static str,
    answer: Handler,
) -> Command {
    Command { name, kind: Kind::Shown, permission, arguments, answer: Answer::Of(answer) }
}

const fn control(name: &'static str, arguments: &'static str) -> Command {
    let permission = Some(Permission::SysAdmin("logging-ctrl"));
    Command { name, kind: Kind::Shown, permission, arguments, answer: Answer::Text(OK) }
}

const fn enterprise(name: &'static str, answer: Handler) -> Command {
    question(name, Kind::Enterprise, answer)
}

const FEATURES: &str = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;\
sindex-exists;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;\
replicas-max;truncate-namespace;udf";

const CONFIGURATION: Option<Permission> = Some(Permission::SysAdmin("set-config"));
const LOGS: Option<Permission> = Some(Permission::SysAdmin("logging-ctrl"));
const SERVICE: Option<Permission> = Some(Permission::SysAdmin("service-ctrl"));
const RECORDS: Option<Permission> = Some(Permission::SysAdmin("record-info"));
const QUERIES: Option<Permission> = Some(Permission::DataAdmin("query-admin"));
const EVICTION: Option<Permission> = Some(Permission::DataAdmin("evict-admin"));
const FUNCTIONS: Option<Permission> = Some(Permission::UdfAdmin);
const INDEXES: Option<Permission> = Some(Permission::IndexAdmin);
const TRUNCATE: Option<Permission> = Some(Permission::Truncate);

pub(super) const COMMANDS: &[Command] = &[
    text("features", Kind::Summary, FEATURES),
    question("node", Kind::Summary, nodes::id),
    text("compatibility-id", Kind::Summary, "15"),
    question("edition", Kind::Summary, |asked, _| asked.edition().to_owned()),
    text("build_ee_sha", Kind::Summary, ""),
    text("build_sha", Kind::Summary, SHA),
    text("build_arch", Kind::Summary, std::env::consts::ARCH),
    text("build_time", Kind::Summary, "Mon Jan  1 00:00:00 UTC 2026"),
    text("build_os", Kind::Summary, SYSTEM),
    question("build", Kind::Summary, |asked, _| asked.service.engine.config.build.clone()),
    question("version", Kind::Summary, |asked, _| {
        format!("{} build {}", asked.edition(), asked.service.engine.config.build)
    }),
    question("statistics", Kind::Summary, |asked, _| pages::statistics(asked.service)),
    question("services-alumni", Kind::Summary, nodes::services),
    question("services", Kind::Summary, nodes::services),
    question("partition-generation", Kind::Summary, nodes::partition_generation),
    text("admin-clear-std", Kind::Hidden, ""),
    text("admin-tls-std", Kind::Hidden, ""),
    question("alumni-clear-alt", Kind::Hidden, |asked, _| nodes::peers(asked, "", false)),
    question("alumni-clear-std", Kind::Hidden, nodes::peers_clear),
    question("alumni-tls-alt", Kind::Tls, |asked, _| nodes::peers(asked, "", false)),
    question("alumni-tls-std", Kind::Tls, nodes::peers_tls),
    text("best-practices", Kind::Shown, "failed_best_practices=none"),
    question("cluster-name", Kind::Shown, |asked, _| asked.service.engine.config.cluster_name.clone()),
    question("cluster-stable", Kind::Shown, nodes::cluster_stable),
    question("config-get", Kind::Hidden, settings::get),
    Command { kind: Kind::Hidden, ..with("config-set", CONFIGURATION, "", settings::set) },
    text("connection", Kind::Hidden, "admin=false"),
    with("debug-record", RECORDS, "", records::debug),
    with("debug-record-meta", RECORDS, "", records::debug_meta),
    text("digests", Kind::Hidden, "RIPEMD160"),
    with("dump-cluster", LOGS, "verbose?99", logs::dump),
    with("dump-fabric", LOGS, "verbose?99", logs::dump),
    with("dump-hb", LOGS, "verbose?99", logs::dump),
    with("dump-hlc", LOGS, "verbose?99", logs::dump),
    with("dump-migrates", LOGS, "verbose?99", logs::dump),
    control("dump-rw", ""),
    control("dump-skew", ""),
    with("dump-wb-summary", LOGS, "namespace/ns!99@", |_, _| logs::BAD_VERBOSE.to_owned()),
    question("endpoints", Kind::Hidden, nodes::endpoints),
    with("eviction-reset", EVICTION, "namespace!31 ttl?11", truncate::eviction_reset),
    enterprise("feature-key", |_, _| String::new()),
    question("get-config", Kind::Shown, settings::get),
    question("get-sl", Kind::Shown, nodes::succession),
    with("get-stats", None, "context!1023", settings::stats),
    text("health-outliers", Kind::Shown, ""),
    text("health-stats", Kind::Shown, ""),
    question("help", Kind::Shown, help),
    with("histogram", None, "namespace!127@ type!127 set?63", pages::histogram),
    question("index-pressure", Kind::Shown, |asked, _| {
        asked.each_namespace(";", |ns| format!("{}:0:0", ns.config.name))
    }),
    control("jem-stats", "file?99 options?99 sites?99"),
    with("latencies", None, "hist?99", pages::latencies),
    question("log", Kind::Shown, logs::levels),
    with("log-message", LOGS, "who?127 message!2047", |_, _| String::new()),
    with("log-set", LOGS, "", logs::set),
    text("logs", Kind::Shown, "0:stderr"),
    enterprise("masking", |_, _| String::new()),
    enterprise("masking-show", |_, _| String::new()),
    text("mcast", Kind::Hidden, "ERROR:4:heartbeat is in multicast mode"),
    question("mesh", Kind::Hidden, nodes::heartbeat),
    question("name", Kind::Hidden, nodes::id),
    question("namespace", Kind::Shown, pages::namespace),
    question("namespaces", Kind::Shown, |asked, _| asked.each_namespace(";", |ns| ns.config.name.clone())),
    question("objects", Kind::Hidden, pages::objects),
    question("partition-info", Kind::Hidden, nodes::partition_info),
    text("partitions", Kind::Hidden, "4096"),
    question("peers-clear-alt", Kind::Shown, |asked, _| nodes::peers(asked, "", false)),
    question("peers-clear-std", Kind::Shown, nodes::peers_clear),
    question("peers-generation", Kind::Shown, nodes::peers_generation),
    question("peers-tls-alt", Kind::Tls, |asked, _| nodes::peers(asked, "", false)),
    question("peers-tls-std", Kind::Tls, nodes::peers_tls),
    with("physical-devices", None, "path!1023", |_, _| "ERROR:2:no device info".to_owned()),
    with("query-abort", QUERIES, "id/trid!25", queries::abort),
    with("query-abort-all", QUERIES, "", queries::abort_all),
    with("query-show", None, "id/trid?25", queries::show),
    enterprise("quiesce", |_, _| OK.to_owned()),
    enterprise("quiesce-undo", |_, _| OK.to_owned()),
    question("rack-ids", Kind::Racks, nodes::rack_ids),
    Command { arguments: "namespace?31@", ..question("racks", Kind::Racks, nodes::racks) },
    question("rebalance-generation", Kind::Hidden, nodes::rebalance_generation),
    with("recluster", SERVICE, "", nodes::recluster),
    question("release", Kind::Hidden, release),
    Command { arguments: "max?3", ..question("replicas", Kind::Hidden, nodes::replicas) },
    question("replicas-all", Kind::Hidden, nodes::replicas_all),
    question("replicas-master", Kind::Hidden, nodes::replicas_master),
    enterprise("revive", |_, _| OK.to_owned()),
    enterprise("roster", nodes::roster),
    enterprise("roster-set", |_, _| OK.to_owned()),
    question("service", Kind::Shown, nodes::service),
    text("service-clear-alt", Kind::Hidden, ""),
    question("service-clear-std", Kind::Hidden, nodes::service_clear),
    text("service-tls-alt", Kind::Tls, ""),
    question("service-tls-std", Kind::Tls, nodes::service),
    text("services-alternate", Kind::Hidden, ""),
    with("services-alumni-reset", SERVICE, "", |_, _| OK.to_owned()),
    with("set-config", CONFIGURATION, "", settings::set),
    with("set-log", LOGS, "", logs::set),
    question("sets", Kind::Shown, pages::sets),
    question("sindex", Kind::Hidden, indexes::older),
    with("sindex-create", INDEXES, "", indexes::create),
    with("sindex-delete", INDEXES, "", indexes::delete),
    with("sindex-exists", INDEXES, "", indexes::exists),
    question("sindex-list", Kind::Shown, indexes::list),
    with("sindex-stat", None, "", indexes::stat),
    question("smd-info", Kind::Hidden, functions::metadata),
    Command { kind: Kind::Hidden, ..with("smd-show", None, "module!8", functions::show) },
    text("status", Kind::Shown, OK),
    text("thread-traces", Kind::Shown, ""),
    with("tip", SERVICE, "host!1023 port!49 tls?49", nodes::tip),
    with("tip-clear", SERVICE, "host-port-list!2999", nodes::tip_clear),
    with("truncate", TRUNCATE, "namespace!31 set!63 lut?23", truncate::set),
    with("truncate-namespace", TRUNCATE, "namespace!31", truncate::namespace),
    with("truncate-namespace-undo", TRUNCATE, "namespace!31", truncate::undo),
    with("truncate-undo", TRUNCATE, "namespace!31 set!63", |_, _| OK.to_owned()),
    Command { kind: Kind::Hidden, ..with("udf-clear-cache", FUNCTIONS, "", |_, _| OK.to_owned()) },
    question("udf-get", Kind::Shown, functions::get),
    question("udf-list", Kind::Shown, functions::list),
    with("udf-put", FUNCTIONS, "", functions::put),
    with("udf-remove", FUNCTIONS, "", functions::remove),
    question("user-agent-set", Kind::Hidden, nodes::set_user_agent),
    question("user-agents", Kind::Hidden, nodes::user_agents),
    enterprise("xdr-dc-state", |_, _| String::new()),
    enterprise("xdr-get-filter", |_, _| String::new()),
    enterprise("xdr-set-filter", |_, _| String::new()),
];

const SHA: &str = "";
const SYSTEM: &str = std::env::consts::OS;

/// The names of the commands that this edition has, but for those of clients.
fn help(asked: &Asked<'_>, _: &str) -> String {
    let shown = |command: &&Command| match command.kind {
        Kind::Summary | Kind::Shown => true,
        Kind::Hidden => false,
        _ => asked.is_enterprise(),
    };
    COMMANDS.iter().filter(shown).map(|command| command.name).collect::<Vec<_>>().join(";")
}

fn release(asked: &Asked<'_>, _: &str) -> String {
    format!(
        "edition={};version={};os={SYSTEM};arch={};sha={SHA}",
        asked.edition(),
        asked.service.engine.config.build,
        std::env::consts::ARCH,
    )
}
