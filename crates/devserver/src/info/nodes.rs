//! Who the nodes are, where they listen, and which of them has what.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use aerostride_wire::PARTITIONS;

use super::arguments::{check, parameter};
use super::{Asked, OK};
use crate::cluster::Outlook;
use crate::store::Namespace;

const UNSTABLE: &str = "ERROR:7:unstable cluster";

impl Asked<'_> {
    pub(super) fn outlook(&self) -> Outlook {
        self.service.engine.cluster.outlook(self.service.node)
    }
}

pub(super) fn id(asked: &Asked<'_>, _: &str) -> String {
    asked.service.engine.cluster.member(asked.service.node).id.clone()
}

pub(super) fn partition_generation(asked: &Asked<'_>, _: &str) -> String {
    asked.outlook().partition_generation().to_string()
}

pub(super) fn peers_generation(asked: &Asked<'_>, _: &str) -> String {
    asked.outlook().peers_generation().to_string()
}

pub(super) fn rebalance_generation(asked: &Asked<'_>, _: &str) -> String {
    asked.outlook().rebalance_generation().to_string()
}

/// The cluster's key, if the cluster is as large and as quiet as the asker wants it.
pub(super) fn cluster_stable(asked: &Asked<'_>, parameters: &str) -> String {
    stable_key(asked, parameters).unwrap_or_else(|error| error)
}

fn stable_key(asked: &Asked<'_>, parameters: &str) -> Result<String, String> {
    let outlook = asked.outlook();
    if outlook.partition_generation() < 0 {
        return Err(UNSTABLE.to_owned());
    }
    let engine = asked.service.engine;
    check("size?3", parameters, engine)?;
    if let Some(size) = parameter(parameters, "size") {
        let size: usize = size.parse().map_err(|_| "ERROR:4:bad size")?;
        if size != outlook.size() {
            return Err("ERROR:7:cluster not specified size".to_owned());
        }
    }
    check("ignore-migrations?5", parameters, engine)?;
    let patient = match parameter(parameters, "ignore-migrations") {
        Some("true") => true,
        None | Some("false") => false,
        Some(_) => return Err("ERROR:4:bad ignore migrations".to_owned()),
    };
    if !patient {
        check("namespace?31@", parameters, engine)?;
        if outlook.migrations() > 0 {
            return Err(UNSTABLE.to_owned());
        }
    }
    Ok(format!("{:X}", outlook.cluster_key()))
}

/// The nodes, the principal first.
pub(super) fn succession(asked: &Asked<'_>, _: &str) -> String {
    let ids: Vec<_> = members(asked, &asked.outlook()).into_iter().map(|(_, id)| id).rev().collect();
    ids.join(",")
}

/// The members of the cluster as this node sees it, by number.
pub(super) fn members<'e>(asked: &Asked<'e>, outlook: &Outlook) -> Vec<(usize, &'e str)> {
    let members = asked.service.engine.cluster.members().iter().enumerate();
    let present = members.filter(|(index, _)| *index == asked.service.node || outlook.has_peer(*index));
    present.map(|(index, member)| (index, member.id.as_str())).collect()
}

/// Other nodes with their addresses, which are left out where clients cannot use them.
pub(super) fn peers(asked: &Asked<'_>, tls_name: &str, shown: bool) -> String {
    let outlook = asked.outlook();
    let members = asked.service.engine.cluster.members().iter().enumerate();
    let peers: Vec<_> = members
        .filter(|(index, _)| shown && outlook.has_peer(*index))
        .map(|(index, peer)| {
            let address = SocketAddr::new(asked.local.ip(), asked.service.engine.cluster.port(index));
            format!("[{},{tls_name},[{address}]]", peer.id)
        })
        .collect();
    format!("{},3000,[{}]", outlook.peers_generation(), peers.join(","))
}

/// The alternate addresses are the others.
pub(super) fn peers_clear(asked: &Asked<'_>, _: &str) -> String {
    peers(asked, "", asked.service.engine.config.tls.is_none())
}

pub(super) fn peers_tls(asked: &Asked<'_>, _: &str) -> String {
    let tls = asked.service.engine.config.tls.as_ref();
    peers(asked, tls.map_or("", |tls| &tls.name), tls.is_some())
}

/// The addresses of the other nodes in the oldest form.
pub(super) fn services(asked: &Asked<'_>, _: &str) -> String {
    let outlook = asked.outlook();
    let cluster = &asked.service.engine.cluster;
    let peers = (0..cluster.members().len()).filter(|index| outlook.has_peer(*index));
    let addresses = peers.map(|index| SocketAddr::new(asked.local.ip(), cluster.port(index)).to_string());
    addresses.collect::<Vec<_>>().join(";")
}

pub(super) fn service(asked: &Asked<'_>, _: &str) -> String {
    asked.local.to_string()
}

pub(super) fn service_clear(asked: &Asked<'_>, _: &str) -> String {
    if asked.service.engine.config.tls.is_some() { String::new() } else { asked.local.to_string() }
}

/// The address of the heartbeat, which nobody listens on.
pub(super) fn heartbeat(asked: &Asked<'_>, _: &str) -> String {
    SocketAddr::new(asked.local.ip(), 3002).to_string()
}

pub(super) fn endpoints(asked: &Asked<'_>, _: &str) -> String {
    let (host, port) = (asked.local.ip(), asked.local.port());
    let names = ["service.tls-port=0", "service.tls-addresses=null", "service.tls-access-port=0"].join(";");
    format!(
        "service.port={port};service.addresses={host};service.access-port={port};service.access-addresses=null;\
         service.alternate-access-port={port};service.alternate-access-addresses=null;{names};\
         service.tls-access-addresses=null;service.tls-alternate-access-port=0;\
         service.tls-alternate-access-addresses=null;admin.port=0;admin.addresses=null;admin.tls-port=0;\
         admin.tls-addresses=null;heartbeat.port=3002;heartbeat.addresses={host};heartbeat.tls-port=0;\
         heartbeat.tls-addresses=null;fabric.port=3001;fabric.addresses={host};fabric.tls-port=0;\
         fabric.tls-addresses=null"
    )
}

/// Every namespace with the bitmaps of its first copies, at most `max` of them.
pub(super) fn replicas(asked: &Asked<'_>, parameters: &str) -> String {
    match parameter(parameters, "max").map(str::parse::<usize>) {
        Some(Err(_)) => "ERROR:4:bad max".to_owned(),
        Some(Ok(max)) if max > 0 => maps(asked, "0,", max, true),
        _ => maps(asked, "0,", usize::MAX, true),
    }
}

pub(super) fn replicas_all(asked: &Asked<'_>, _: &str) -> String {
    maps(asked, "", usize::MAX, true)
}

pub(super) fn replicas_master(asked: &Asked<'_>, _: &str) -> String {
    maps(asked, "", 1, false)
}

fn maps(asked: &Asked<'_>, regime: &str, max: usize, counted: bool) -> String {
    let outlook = asked.outlook();
    let copies = outlook.copies().min(max);
    let count = if counted { format!("{copies},") } else { String::new() };
    let maps = format!("{regime}{count}{}", outlook.bitmaps(copies));
    asked.each_namespace(";", |namespace| format!("{}:{maps}", namespace.config.name))
}

/// A line per partition, after one with the names of what it shows.
pub(super) fn partition_info(asked: &Asked<'_>, _: &str) -> String {
    let outlook = asked.outlook();
    let members = asked.service.engine.cluster.members();
    let key = outlook.cluster_key();
    let mut page =
        "namespace:partition:state:n_replicas:replica:succession:n_dupl:working_master:proxy_dst:emigrates:\
         lead_emigrates:immigrates:records:tombstones:regime:tree_id:version:final_version"
            .to_owned();
    for namespace in asked.service.engine.namespaces() {
        for partition in 0..PARTITIONS {
            let owners: Vec<_> = outlook.owners(partition).collect();
            let copy = owners.iter().position(|owner| *owner == asked.service.node);
            let master = owners.first().map_or("0", |owner| members[*owner].id.as_str());
            let place = copy.map_or_else(|| "-1".to_owned(), |copy| copy.to_string());
            let (state, flags) = match copy {
                Some(0) => ('S', "mp-"),
                Some(_) => ('S', "p--"),
                None => ('A', "---"),
            };
            let records = if copy.is_some() { namespace.read(partition).len() } else { 0 };
            let _written = write!(
                page,
                ";{}:{partition}:{state}:{}:{place}:{place}:0:{master}:{master}:0:0:0:{records}:0:0:1:\
                 {key:x}.0.{flags}:{key:x}.0.{flags}",
                namespace.config.name,
                owners.len(),
            )
            .is_ok();
        }
    }
    page
}

pub(super) fn rack_ids(asked: &Asked<'_>, _: &str) -> String {
    let rack = asked.service.engine.config.racks[asked.service.node];
    asked.each_namespace(";", |namespace| format!("{}:{rack}", namespace.config.name))
}

/// The nodes of every rack, as `rack_1=B1,B2:rack_2=B3`.
pub(super) fn racks(asked: &Asked<'_>, parameters: &str) -> String {
    let mut racks: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (index, id) in members(asked, &asked.outlook()) {
        racks.entry(asked.service.engine.config.racks[index]).or_default().push(id);
    }
    let racks: Vec<_> =
        racks.iter().map(|(rack, nodes)| format!("rack_{rack}={}", nodes.join(","))).collect();
    let racks = racks.join(":");
    if parameter(parameters, "namespace").is_some() {
        return racks;
    }
    asked.each_namespace(";", |namespace| format!("ns={}:{racks}", namespace.config.name))
}

/// Namespaces that are available rather than consistent have no roster.
pub(super) fn roster(asked: &Asked<'_>, parameters: &str) -> String {
    const NOBODY: &str = "roster=null:pending_roster=null:observed_nodes=null";
    if let Err(error) = check("namespace?31@", parameters, asked.service.engine) {
        return error;
    }
    match parameter(parameters, "namespace") {
        Some(_) => NOBODY.to_owned(),
        None => asked.each_namespace(";", |ns: &Namespace| format!("ns={}:{NOBODY}", ns.config.name)),
    }
}

/// Only the principal lets the cluster form anew.
pub(super) fn recluster(asked: &Asked<'_>, _: &str) -> String {
    let principal = members(asked, &asked.outlook()).last().map(|(index, _)| *index);
    if principal == Some(asked.service.node) { OK } else { "ignored-by-non-principal" }.to_owned()
}

pub(super) fn tip(_: &Asked<'_>, parameters: &str) -> String {
    let given = |name| parameter(parameters, name).unwrap_or_default();
    if given("port").parse::<i32>().is_err() {
        return "ERROR:4:'port' must be an integer".to_owned();
    }
    match parameter(parameters, "tls") {
        None | Some("true" | "false") => OK.to_owned(),
        Some(_) => "ERROR:4:'tls' must be either 'true' or 'false'".to_owned(),
    }
}

/// There are never any seeds to forget.
pub(super) fn tip_clear(_: &Asked<'_>, parameters: &str) -> String {
    let hosts = parameter(parameters, "host-port-list").unwrap_or_default().split(',');
    let sound = hosts.take_while(|host| {
        host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.parse::<i32>().is_ok())
    });
    format!("ERROR::0 cleared, {} not found", sound.count())
}

/// Notes which client it is that uses the connection, in base64.
pub(super) fn set_user_agent(asked: &Asked<'_>, parameters: &str) -> String {
    use base64::Engine as _;
    if asked.agent.is_set() {
        return "ERROR:4:already set".to_owned();
    }
    if let Err(error) = check("value!87", parameters, asked.service.engine) {
        return error;
    }
    let value = parameter(parameters, "value").unwrap_or_default();
    if base64::engine::general_purpose::STANDARD.decode(value).is_err() {
        return "ERROR:4:'value' invalid base64".to_owned();
    }
    asked.agent.set(asked.service.engine.agents(asked.service.node), value);
    OK.to_owned()
}

pub(super) fn user_agents(asked: &Asked<'_>, _: &str) -> String {
    asked.service.engine.agents(asked.service.node).list()
}
