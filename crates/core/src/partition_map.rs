use std::collections::HashMap;
use std::sync::Arc;

use aerostride_wire::PARTITIONS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::pool::DataNode;
use crate::{Error, ErrorKind};

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
    Ok(Ownership { namespace: namespace.to_owned(), regime, bitmaps })
}

/// The owners of one namespace's partitions.
#[derive(Debug)]
struct NamespaceMap {
    /// Per replica position, the node of every partition.
    replicas: Vec<Vec<u16>>,
    /// The regime that each entry came from.
    regimes: Vec<Vec<u32>>,
    /// Whether any node has named a regime.
    strong: bool,
}

/// Which node holds which partition, as the nodes said it at one moment.
#[derive(Debug, Default)]
pub(crate) struct PartitionMap {
    nodes: Vec<Arc<DataNode>>,
    namespaces: HashMap<String, NamespaceMap>,
}

impl PartitionMap {
    /// Joins what every node says of itself. Where two claim the same partition the higher regime wins.
    pub(crate) fn new(nodes: Vec<(Arc<DataNode>, Arc<Vec<Ownership>>)>) -> Self {
        let mut map = Self::default();
        for (node, owned) in nodes {
            let index = map.nodes.len() as u16;
            map.nodes.push(node);
            owned.iter().for_each(|ownership| map.take(index, ownership));
        }
        map
    }

    fn take(&mut self, node: u16, owned: &Ownership) {
        let namespace = self.namespaces.entry(owned.namespace.clone()).or_insert_with(|| NamespaceMap {
            replicas: Vec::new(),
            regimes: Vec::new(),
            strong: false,
        });
        namespace.strong |= owned.regime != 0;
        for (position, bitmap) in owned.bitmaps.iter().enumerate() {
            if namespace.replicas.len() == position {
                namespace.replicas.push(vec![NOBODY; PARTITIONS]);
                namespace.regimes.push(vec![0; PARTITIONS]);
            }
            let (owners, regimes) = (&mut namespace.replicas[position], &mut namespace.regimes[position]);
            for partition in (0..PARTITIONS).filter(|p| bitmap[p / 8] & 0x80 >> (p % 8) != 0) {
                if owners[partition] == NOBODY || owned.regime >= regimes[partition] {
                    owners[partition] = node;
                    regimes[partition] = owned.regime;
                }
            }
        }
    }

    pub(crate) fn nodes(&self) -> &[Arc<DataNode>] {
        &self.nodes
    }

    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// The known namespaces, sorted, for messages.
    pub(crate) fn namespace_names(&self) -> String {
        let mut names: Vec<&str> = self.namespaces.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.join(", ")
    }

    /// Whether the namespace is strongly consistent: only such have regimes.
    pub(crate) fn is_strong(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace).is_some_and(|map| map.strong)
    }

    /// The node that owns every partition of the namespaces, if there is such a one.
    pub(crate) fn sole_owner<'n>(&self, mut namespaces: impl Iterator<Item = &'n str>) -> Option<usize> {
        let [_] = self.nodes[..] else { return None };
        let whole = |namespace: &str| {
            let masters = self.namespaces.get(namespace).and_then(|map| map.replicas.first());
            masters.is_some_and(|owners| owners.iter().all(|&owner| owner == 0))
        };
        namespaces.all(whole).then_some(0)
    }

    /// The owners of a partition beginning with replica position `first`, each node once, without those that nobody
    /// owns.
    pub(crate) fn owners(
        &self,
        namespace: &str,
        partition: usize,
        first: usize,
    ) -> impl Iterator<Item = usize> {
        let replicas = self.namespaces.get(namespace).map_or(&[][..], |map| &map.replicas);
        let count = replicas.len().max(1);
        (0..replicas.len())
            .map(move |step| replicas[(first + step) % count][partition])
            .filter(|&node| node != NOBODY)
            .map(usize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicas(bitmaps: &[&[usize]]) -> String {
        let encoded: Vec<String> = bitmaps
            .iter()
            .map(|owned| {
                let mut bits = [0_u8; BITMAP];
                owned.iter().for_each(|&p| bits[p / 8] |= 0x80 >> (p % 8));
                STANDARD.encode(bits)
            })
            .collect();
        format!("test:0,{},{};", bitmaps.len(), encoded.join(","))
    }

    #[test]
    fn owners_begin_with_the_wanted_replica_and_skip_gaps() {
        let one = parse_replicas(&replicas(&[&[1, 2], &[4095]])).unwrap();
        let two = parse_replicas(&replicas(&[&[4095], &[1]])).unwrap();
        let node = |name: &str| Arc::new(DataNode::for_tests(name));
        let map = PartitionMap::new(vec![(node("a"), Arc::new(one)), (node("b"), Arc::new(two))]);
        let owners = |p, first| map.owners("test", p, first).collect::<Vec<_>>();
        assert_eq!(owners(1, 0), [0, 1]);
        assert_eq!(owners(1, 1), [1, 0]);
        assert_eq!(owners(2, 1), [0]);
        assert_eq!(owners(4095, 0), [1, 0]);
        assert_eq!(owners(7, 0), []);
        assert_eq!(map.owners("nope", 1, 0).count(), 0);
        assert_eq!(map.sole_owner(["test"].into_iter()), None);
    }

    #[test]
    fn malformed_maps_are_errors() {
        for text in ["test", "test:0", "test:0,1", "test:0,1,AAAA", "test:x,1,AAAA", "test:0,2,!"] {
            assert!(parse_replicas(text).is_err(), "{text}");
        }
    }
}
