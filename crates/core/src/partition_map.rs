use std::collections::BTreeMap;
use std::sync::Arc;

use aerostride_wire::PARTITIONS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::pool::DataNode;
use crate::{Error, ErrorKind, codes};

/// Bytes of a partition bitmap.
const BITMAP: usize = PARTITIONS / 8;

/// No node owns the partition.
const NOBODY: u16 = u16::MAX;

/// What one node says it owns of one namespace: a regime, and one bitmap per replica position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ownership {
    namespace: String,
    regime: u32,
    bitmaps: Vec<Vec<u8>>,
    /// The rack that the node is on, where it is on any.
    rack: Option<usize>,
}

/// Parses the value of the info name `replicas`: `ns:regime,count,bitmap,...;` with base64 bitmaps of 512 bytes.
pub(crate) fn parse_replicas(value: &str) -> Result<Vec<Ownership>, Error> {
    value.split(';').filter(|part| !part.is_empty()).map(parse_namespace).collect()
}

fn parse_namespace(text: &str) -> Result<Ownership, Error> {
    let bad = |what: &str| Error::new(ErrorKind::Protocol, format!("the partition map is malformed: {what}"));
    let (namespace, rest) = text.split_once(':').ok_or_else(|| bad("no namespace"))?;
    let mut parts = rest.split(',');
    let mut number = |what: &str| parts.next().and_then(|n| n.parse::<u32>().ok()).ok_or_else(|| bad(what));
    let (regime, count) = (number("no regime")?, number("no replica count")? as usize);
    let bitmaps = parts
        .map(|part| STANDARD.decode(part).ok().filter(|bits| bits.len() == BITMAP))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| bad("a bitmap is not 512 bytes of base64"))?;
    if bitmaps.len() != count {
        return Err(bad("the replica count does not fit the bitmaps"));
    }
    Ok(Ownership { namespace: namespace.to_owned(), regime, bitmaps, rack: None })
}

/// Adds what the info name `rack-ids` says: `ns:rack;...`. A server without racks answers with an error, which is none here.
pub(crate) fn add_racks(owned: &mut [Ownership], rack_ids: &str) {
    for (namespace, rack) in rack_ids.split(';').filter_map(|entry| entry.split_once(':')) {
        let here = |ownership: &&mut Ownership| ownership.namespace == namespace;
        owned.iter_mut().filter(here).for_each(|ownership| ownership.rack = rack.trim().parse().ok());
    }
}

/// One node's part of the map.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) node: Arc<DataNode>,
    pub(crate) owned: Arc<Vec<Ownership>>,
    /// Whether the node said so when it was last asked. One that does not answer keeps what it said before, and most
    /// often it is dead and others have taken over.
    pub(crate) answered: bool,
}

/// How much a claim to a partition counts: of two for the same position the greater holds.
type Weight = (u32, bool);

/// The owners of one namespace's partitions.
#[derive(Debug, Default)]
pub(crate) struct NamespaceMap {
    /// Per replica position, the node of every partition.
    replicas: Vec<Vec<u16>>,
    /// What each entry counts.
    weights: Vec<Vec<Weight>>,
    /// The nodes whose claim came to nothing, empty where there was none. While a cluster changes, its nodes are asked
    /// one before and one after they have agreed, and nobody can say which was which: these are asked when no owner is up.
    rivals: Vec<u16>,
    /// Whether any node has named a regime.
    strong: bool,
    /// Per node, the place of its rack among those that the client prefers.
    ranks: Vec<usize>,
    /// Whether the first node is the master of every partition, which every batch asks.
    whole: bool,
}

/// A node on no rack that the client prefers.
const FAR: usize = usize::MAX;

impl NamespaceMap {
    fn claim(&mut self, position: usize, partition: usize, node: u16, weight: Weight) {
        let (owner, held) = (&mut self.replicas[position][partition], &mut self.weights[position][partition]);
        let loser = if *owner == NOBODY || weight >= *held {
            *held = weight;
            std::mem::replace(owner, node)
        } else {
            node
        };
        if loser != NOBODY {
            self.rivals.resize(PARTITIONS, NOBODY);
            self.rivals[partition] = loser;
        }
    }

    /// Whether the namespace is strongly consistent: only such have regimes.
    pub(crate) const fn is_strong(&self) -> bool {
        self.strong
    }

    /// Whether every position of a partition has an owner.
    pub(crate) fn is_complete(&self, partition: usize) -> bool {
        self.replicas.iter().all(|owners| owners[partition] != NOBODY)
    }

    /// The owners of a partition beginning with replica position `first`, without positions that nobody owns; at the end
    /// a node that claims to be an owner as well, if there is one.
    pub(crate) fn owners(&self, partition: usize, first: usize) -> impl Iterator<Item = usize> + Clone {
        let rival = self.rivals.get(partition).copied();
        let (last, begin) = self.replicas.split_at(first % self.replicas.len().max(1));
        begin
            .iter()
            .chain(last)
            .map(move |owners| owners[partition])
            .chain(rival)
            .filter(|&node| node != NOBODY)
            .map(usize::from)
    }

    /// The same, but those on the racks that the client prefers first, beginning with number `first` of that order.
    pub(crate) fn owners_by_rack(&self, partition: usize, first: usize) -> Vec<usize> {
        let mut owners: Vec<usize> = self.owners(partition, 0).collect();
        let rivals = self.rivals.get(partition).map_or(0, |&rival| usize::from(rival != NOBODY));
        let proper = owners.len() - rivals;
        owners[..proper].sort_by_key(|&node| self.ranks.get(node).copied().unwrap_or(FAR));
        owners[..proper].rotate_left(first % proper.max(1));
        owners
    }
}

/// Which node holds which partition, as the nodes said it at one moment.
#[derive(Debug, Default)]
pub(crate) struct PartitionMap {
    nodes: Vec<Arc<DataNode>>,
    /// There are few, so comparing their names is cheaper than hashing one.
    namespaces: BTreeMap<String, NamespaceMap>,
}

impl PartitionMap {
    /// Joins what every node says of itself. Where two claim the same partition the higher regime wins, and of the same
    /// regime the node that answers. `rack_ids` are the racks that the client prefers, the best first.
    pub(crate) fn new(parts: Vec<Part>, rack_ids: &[usize]) -> Self {
        let mut map = Self::default();
        for Part { node, owned, answered } in parts {
            let index = map.nodes.len() as u16;
            map.nodes.push(node);
            for ownership in owned.iter() {
                map.take(index, ownership, answered);
                map.rank(index, ownership, rack_ids);
            }
        }
        for namespace in map.namespaces.values_mut() {
            let masters = namespace.replicas.first();
            namespace.whole = masters.is_some_and(|owners| owners.iter().all(|&owner| owner == 0));
        }
        map
    }

    fn take(&mut self, node: u16, owned: &Ownership, answered: bool) {
        let namespace = self.namespaces.entry(owned.namespace.clone()).or_default();
        namespace.strong |= owned.regime != 0;
        for (position, bitmap) in owned.bitmaps.iter().enumerate() {
            if namespace.replicas.len() == position {
                namespace.replicas.push(vec![NOBODY; PARTITIONS]);
                namespace.weights.push(vec![(0, false); PARTITIONS]);
            }
            for partition in (0..PARTITIONS).filter(|p| bitmap[p / 8] & 0x80 >> (p % 8) != 0) {
                namespace.claim(position, partition, node, (owned.regime, answered));
            }
        }
    }

    fn rank(&mut self, node: u16, owned: &Ownership, rack_ids: &[usize]) {
        let Some(namespace) = self.namespaces.get_mut(&owned.namespace) else { return };
        let rank = rack_ids.iter().position(|id| Some(*id) == owned.rack);
        namespace.ranks.resize(usize::from(node) + 1, FAR);
        namespace.ranks[usize::from(node)] = rank.unwrap_or(FAR);
    }

    pub(crate) fn nodes(&self) -> &[Arc<DataNode>] {
        &self.nodes
    }

    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// Refuses a namespace that the cluster does not have.
    pub(crate) fn check_namespace(&self, namespace: &str) -> Result<(), Error> {
        if self.has_namespace(namespace) { Ok(()) } else { Err(self.unknown_namespace(namespace)) }
    }

    /// The error for a namespace that the cluster does not have.
    pub(crate) fn unknown_namespace(&self, namespace: &str) -> Error {
        let mut names: Vec<&str> = self.namespaces.keys().map(String::as_str).collect();
        names.sort_unstable();
        let known = names.join(", ");
        let message = format!("namespace {namespace:?} is unknown; the cluster has: {known}");
        Error::new(ErrorKind::Server, message).with_code(codes::NAMESPACE_NOT_FOUND)
    }

    pub(crate) fn namespace(&self, name: &str) -> Option<&NamespaceMap> {
        self.namespaces.get(name)
    }

    /// The node that owns every partition of the namespaces that are known, if there is such a one.
    pub(crate) fn sole_owner<'n>(&self, mut namespaces: impl Iterator<Item = &'n str>) -> Option<usize> {
        let [_] = self.nodes[..] else { return None };
        let whole = |namespace: &str| self.namespaces.get(namespace).is_none_or(|map| map.whole);
        namespaces.all(whole).then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, bitmaps: &[&[usize]], answered: bool) -> Part {
        let owned = parse_replicas(&replicas(0, bitmaps)).unwrap();
        Part { node: Arc::new(DataNode::for_tests(name)), owned: Arc::new(owned), answered }
    }

    fn owners(map: &PartitionMap, partition: usize, first: usize) -> Vec<usize> {
        map.namespace("test").unwrap().owners(partition, first).collect()
    }

    fn replicas(regime: u32, bitmaps: &[&[usize]]) -> String {
        let encoded: Vec<String> = bitmaps
            .iter()
            .map(|owned| {
                let mut bits = [0_u8; BITMAP];
                owned.iter().for_each(|&p| bits[p / 8] |= 0x80 >> (p % 8));
                STANDARD.encode(bits)
            })
            .collect();
        format!("test:{regime},{},{};", bitmaps.len(), encoded.join(","))
    }

    #[test]
    fn owners_begin_with_the_wanted_replica_and_skip_gaps() {
        let one = part("a", &[&[1, 2], &[4095]], true);
        let two = part("b", &[&[4095], &[1]], true);
        let map = PartitionMap::new(vec![one, two], &[]);
        assert_eq!(owners(&map, 1, 0), [0, 1]);
        assert_eq!(owners(&map, 1, 1), [1, 0]);
        assert_eq!(owners(&map, 2, 1), [0]);
        assert_eq!(owners(&map, 4095, 0), [1, 0]);
        assert_eq!(owners(&map, 7, 0), []);
        let complete = |partition| map.namespace("test").unwrap().is_complete(partition);
        assert!(complete(1) && !complete(2) && !complete(7));
        assert!(map.namespace("nope").is_none());
        assert_eq!(map.sole_owner(["test"].into_iter()), None);
    }

    /// `a` has taken over from `c`, which is dead; `b` has not heard of it yet.
    #[test]
    fn what_a_silent_node_once_said_yields_to_those_that_answer() {
        for dead_last in [true, false] {
            let mut parts = vec![
                part("a", &[&[1], &[]], true),
                part("b", &[&[], &[]], true),
                part("c", &[&[1], &[]], false),
            ];
            if !dead_last {
                parts.reverse();
            }
            let of = |name: &str| parts.iter().position(|part| part.node.label().starts_with(name)).unwrap();
            let (a, c) = (of("a"), of("c"));
            let map = PartitionMap::new(parts, &[]);
            for attempt in 0..3 {
                assert_eq!(owners(&map, 1, attempt), [a, c]);
            }
        }
    }

    #[test]
    fn a_higher_regime_wins_even_over_a_node_that_answers() {
        let strong = |name: &str, regime: u32, answered: bool| Part {
            owned: Arc::new(parse_replicas(&replicas(regime, &[&[1]])).unwrap()),
            ..part(name, &[&[]], answered)
        };
        let map = PartitionMap::new(vec![strong("a", 3, false), strong("b", 2, true)], &[]);
        assert_eq!(owners(&map, 1, 0), [0, 1]);
        assert!(map.namespace("test").unwrap().is_strong());
        let map = PartitionMap::new(vec![strong("a", 2, true), strong("b", 3, true)], &[]);
        assert_eq!(owners(&map, 1, 0), [1, 0]);
    }

    /// Namespaces of one cluster may keep different numbers of copies.
    #[test]
    fn every_namespace_has_its_own_number_of_copies() {
        let text = |one: &[usize], two: [&[usize]; 2]| {
            replicas(0, &[one]).replace("test", "single") + &replicas(0, &two)
        };
        let of = |name: &str, text: &str| Part {
            owned: Arc::new(parse_replicas(text).unwrap()),
            ..part(name, &[&[]], true)
        };
        let a = of("a", &text(&[5], [&[5], &[]]));
        let b = of("b", &text(&[6], [&[6], &[5]]));
        let map = PartitionMap::new(vec![a, b], &[]);
        assert_eq!(owners(&map, 5, 1), [1, 0]);
        assert_eq!(map.namespace("single").unwrap().owners(5, 1).collect::<Vec<_>>(), [0]);
        assert_eq!(map.namespace("single").unwrap().owners(7, 0).count(), 0);
    }

    #[test]
    fn racks_go_before_positions() {
        let on = |name: &str, position: usize, racks: &str| {
            let bitmaps: [&[usize]; 3] = std::array::from_fn(|p| if p == position { &[5][..] } else { &[] });
            let mut owned = parse_replicas(&replicas(0, &bitmaps)).unwrap();
            add_racks(&mut owned, racks);
            Part { owned: Arc::new(owned), ..part(name, &[&[]], true) }
        };
        let racks = ["bar:3;test:1", "test:2;bar:1", "ERROR:25:enterprise only"];
        let parts = || vec![on("a", 0, racks[0]), on("b", 1, racks[1]), on("c", 2, racks[2])];
        let order = |rack_ids: &[usize], first| {
            PartitionMap::new(parts(), rack_ids).namespace("test").unwrap().owners_by_rack(5, first)
        };
        assert_eq!(order(&[2], 0), [1, 0, 2]);
        assert_eq!(order(&[2, 1], 0), [1, 0, 2]);
        assert_eq!(order(&[1, 2], 0), [0, 1, 2]);
        assert_eq!(order(&[2], 1), [0, 2, 1]);
        assert_eq!(order(&[7], 3), [0, 1, 2]);
        let rivals = vec![on("a", 0, racks[0]), on("b", 0, racks[1])];
        let map = PartitionMap::new(rivals, &[1]);
        assert_eq!(map.namespace("test").unwrap().owners_by_rack(5, 1), [1, 0]);
        assert!(map.namespace("test").unwrap().owners_by_rack(6, 1).is_empty());
    }

    #[test]
    fn malformed_maps_are_errors() {
        for text in ["test", "test:0", "test:0,1", "test:0,1,AAAA", "test:x,1,AAAA", "test:0,2,!"] {
            assert!(parse_replicas(text).is_err(), "{text}");
        }
    }
}
