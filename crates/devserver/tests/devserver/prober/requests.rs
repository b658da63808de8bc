//! Random requests: what a seed asks.

use aerostride_wire::{
    Digest, KeyType, MessageHeader, Op, digest, field_type as field, info1, info2, info3, partition_of,
    put_field, put_op, write_type,
};

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By one frame.
    One,
    /// By rows up to a last message.
    Batch,
    /// By records up to a last message, or by a refusal.
    Scan,
}

pub struct Request {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    /// What it is about.
    pub text: String,
}

/// Requests of a conversation, besides those that begin it.
const LENGTH: usize = 40;
const KEYS: u64 = 4;

/// Numbers that follow from a seed.
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn any<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// What a seed asks. Every seed has a set of its own, whose records are removed first.
pub fn conversation(seed: u64) -> Vec<Request> {
    let mut talk = Talk { dice: Dice(seed.wrapping_mul(0x0123_4567_89ab_cdef)), set: format!("probe{seed}") };
    let begin = (0..KEYS).map(|key| talk.removal(key)).collect::<Vec<_>>();
    let rest = (0..LENGTH).map(|_| match talk.dice.below(10) {
        0..5 => talk.record(),
        5 | 6 => talk.batch(),
        7 => talk.scan(),
        _ => talk.info(),
    });
    begin.into_iter().chain(rest.collect::<Vec<_>>()).collect()
}

struct Talk {
    dice: Dice,
    set: String,
}

type Fields = Vec<(u8, Vec<u8>)>;
type OwnedOp = (u8, u8, Vec<u8>, Vec<u8>);

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = ((2_u64 << 56) | (u64::from(kind) << 48) | body.len() as u64).to_be_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes
}

fn message(header: MessageHeader, fields: &Fields, ops: &[OwnedOp]) -> Vec<u8> {
    let header = MessageHeader { field_count: fields.len() as u16, op_count: ops.len() as u16, ..header };
    let mut body = header.encode().to_vec();
    append_parts(&mut body, fields, ops);
    body
}

fn append_parts(body: &mut Vec<u8>, fields: &Fields, ops: &[OwnedOp]) {
    for (kind, value) in fields {
        put_field(body, *kind, value);
    }
    for (operation, particle, name, value) in ops {
        put_op(body, &Op { operation: *operation, particle: *particle, name, value });
    }
}

/// Filters: one that holds, one that does not, one about a bin, and two that are none.
const FILTERS: [&[u8]; 5] = [
    &[0x93, 0x01, 0x01, 0x01],
    &[0x93, 0x01, 0x01, 0x02],
    &[0x93, 0x01, 0x93, 0x51, 0x01, 0xa1, b'a', 0x01],
    &[0x91, 0x01],
    &[0xc1],
];

impl Talk {
    fn digest(&self, key: u64) -> Digest {
        digest(self.set.as_bytes(), KeyType::Int, &(key as i64).to_be_bytes())
    }

    fn removal(&mut self, key: u64) -> Request {
        let fields = vec![
            (field::NAMESPACE, b"test".to_vec()),
            (field::SET, self.set.clone().into_bytes()),
            (field::DIGEST, self.digest(key).to_vec()),
        ];
        let header = MessageHeader {
            info2: info2::WRITE | info2::DELETE,
            transaction: 1000,
            ..MessageHeader::default()
        };
        Request {
            kind: Kind::One,
            bytes: frame(3, &message(header, &fields, &[])),
            text: format!("remove {key}"),
        }
    }

    fn namespace(&mut self) -> Vec<u8> {
        if self.dice.one_in(40) { b"nope".to_vec() } else { b"test".to_vec() }
    }

    /// The set's name, or now and then another.
    fn set_name(&mut self) -> Option<Vec<u8>> {
        match self.dice.below(30) {
            0 => None,
            1 => Some(Vec::new()),
            2 => Some(b"probe-other".to_vec()),
            3 => Some(b"no\0set".to_vec()),
            4 => Some(vec![b's'; 64]),
            _ => Some(self.set.clone().into_bytes()),
        }
    }

    fn bin_name(&mut self) -> Vec<u8> {
        match self.dice.below(40) {
            0 => vec![b'x'; 16],
            1 => b"a\0b".to_vec(),
            2 => Vec::new(),
            _ => self.dice.any(&[&b"a"[..], b"b", b"c"]).to_vec(),
        }
    }

    fn value(&mut self) -> (u8, Vec<u8>) {
        match self.dice.below(8) {
            0..3 => (1, (self.dice.below(5) as i64 - 2).to_be_bytes().to_vec()),
            3 | 4 => (3, self.dice.any(&["", "x", "some text"]).as_bytes().to_vec()),
            5 => (4, vec![0, 1, 255]),
            6 => (2, 1.5_f64.to_be_bytes().to_vec()),
            _ => (0, Vec::new()),
        }
    }

    fn op(&mut self, writes: bool) -> OwnedOp {
        const OTHERS: [u8; 4] = [write_type::TOUCH, write_type::DELETE, write_type::ADD, write_type::APPEND];
        let name = self.bin_name();
        let operation = match self.dice.below(12) {
            0..5 if writes => write_type::WRITE,
            5 if writes => self.dice.any(&OTHERS),
            6 => 99,
            _ => write_type::READ,
        };
        match operation {
            write_type::READ | write_type::DELETE => (operation, 0, name, Vec::new()),
            write_type::TOUCH => (operation, 0, Vec::new(), Vec::new()),
            _ => {
                let (particle, value) = self.value();
                (operation, particle, name, value)
            }
        }
    }

    fn ops(&mut self, writes: bool) -> Vec<OwnedOp> {
        (0..self.dice.below(4)).map(|_| self.op(writes)).collect()
    }

    fn filter(&mut self, fields: &mut Fields) {
        if self.dice.one_in(8) {
            fields.push((field::FILTER, self.dice.any(&FILTERS).to_vec()));
        }
    }

    /// What may stand in the header of a command: info1, info2 and info3.
    fn bits(&mut self) -> (u8, u8, u8) {
        let reads = [info1::READ, info1::READ | info1::GET_ALL, info1::READ | info1::NO_BIN_DATA];
        let modes =
            [0, 0, 0, info3::UPDATE_ONLY, info3::CREATE_OR_REPLACE, info3::REPLACE_ONLY, info3::SC_READ_TYPE];
        match self.dice.below(20) {
            0..7 => (
                self.dice.any(&reads),
                0,
                self.dice.any(&[0, 0, 0, info3::SC_READ_TYPE, info3::SC_READ_RELAX]),
            ),
            7 => (0, 0, 0),
            8 | 9 => (0, info2::WRITE | info2::DELETE | self.dice.any(&[0, 0, info2::DURABLE_DELETE]), 0),
            10 => (
                0,
                info2::WRITE | self.dice.any(&[info2::CREATE_ONLY, info2::GENERATION]),
                self.dice.any(&modes),
            ),
            11..14 => (
                info1::READ,
                info2::WRITE | self.dice.any(&[0, info2::RESPOND_ALL_OPS]),
                self.dice.any(&modes),
            ),
            _ => (0, info2::WRITE, self.dice.any(&modes)),
        }
    }

    fn fields_of(&mut self, key: u64) -> Fields {
        let mut fields = vec![(field::NAMESPACE, self.namespace())];
        if let Some(set) = self.set_name() {
            fields.push((field::SET, set));
        }
        fields.push((field::DIGEST, self.digest(key).to_vec()));
        if self.dice.one_in(10) {
            let mut value = vec![KeyType::Int as u8];
            value.extend_from_slice(&(key as i64).to_be_bytes());
            fields.push((field::USER_KEY, value));
        }
        if self.dice.one_in(40) {
            fields.push((field::TRANSACTION_ID, vec![1; 8]));
        }
        if self.dice.one_in(40) {
            fields.extend([
                (field::UDF_PACKAGE, b"nope".to_vec()),
                (field::UDF_FUNCTION, b"f".to_vec()),
                (field::UDF_ARGUMENTS, vec![0x90]),
            ]);
        }
        if self.dice.one_in(40) {
            fields.push((77, vec![1, 2, 3]));
        }
        self.filter(&mut fields);
        fields
    }

    fn record(&mut self) -> Request {
        let key = self.dice.below(KEYS);
        let fields = self.fields_of(key);
        let (info1, info2, info3) = self.bits();
        let ops = if info1 & info1::GET_ALL != 0 || info2 & info2::DELETE != 0 {
            Vec::new()
        } else {
            self.ops(info2 & info2::WRITE != 0)
        };
        let ttl = self.dice.any(&[0, 0, 0, 0, 1000, u32::MAX, u32::MAX - 1, 400_000_000]);
        let generation = self.dice.below(3) as u32;
        let header = MessageHeader {
            info1,
            info2,
            info3,
            ttl,
            generation,
            transaction: 1000,
            ..MessageHeader::default()
        };
        let mut body = message(header, &fields, &ops);
        if self.dice.one_in(60) {
            body.push(0);
        }
        let text = format!(
            "record {key} info {info1:#x} {info2:#x} {info3:#x} ttl {ttl} generation {generation} {fields:?} {ops:?}"
        );
        Request { kind: Kind::One, bytes: frame(3, &body), text }
    }

    fn row(&mut self, index: u32, rows: &mut Vec<u8>) -> String {
        let key = self.dice.below(KEYS);
        rows.extend_from_slice(&index.to_be_bytes());
        rows.extend_from_slice(&self.digest(key));
        if index > 0 && self.dice.one_in(3) {
            rows.push(1);
            return format!("repeat {key}");
        }
        let (info1, info2, info3) = self.bits();
        let mut fields = vec![(field::NAMESPACE, self.namespace())];
        if let Some(set) = self.set_name() {
            fields.push((field::SET, set));
        }
        self.filter(&mut fields);
        let ops = if info1 & info1::GET_ALL != 0 || info2 & info2::DELETE != 0 {
            Vec::new()
        } else {
            self.ops(info2 & info2::WRITE != 0)
        };
        rows.extend_from_slice(&[2, info1, info2, info3]);
        rows.extend_from_slice(&(fields.len() as u16).to_be_bytes());
        rows.extend_from_slice(&(ops.len() as u16).to_be_bytes());
        append_parts(rows, &fields, &ops);
        format!("{key} info {info1:#x} {info2:#x} {info3:#x} {fields:?} {ops:?}")
    }

    fn batch(&mut self) -> Request {
        let count = self.dice.below(4) as u32;
        let mut rows = Vec::new();
        let texts: Vec<_> = (0..count).map(|index| self.row(index, &mut rows)).collect();
        let stated = if self.dice.one_in(20) { count + 1 } else { count };
        let flags = self.dice.any(&[1, 5, 5, 9]);
        let mut value = stated.to_be_bytes().to_vec();
        value.push(flags);
        value.extend_from_slice(&rows);
        let mut fields = Vec::new();
        self.filter(&mut fields);
        fields.push((field::BATCH_INDEX, value));
        let info1 = info1::READ | info1::BATCH;
        let header = MessageHeader { info1, transaction: 1000, ..MessageHeader::default() };
        let mut body = message(header, &fields, &[]);
        if self.dice.one_in(20) {
            body.extend_from_slice(b"more");
        }
        let text = format!("batch flags {flags} stated {stated} filter {} {texts:?}", fields.len() > 1);
        Request { kind: Kind::Batch, bytes: frame(3, &body), text }
    }

    fn scan(&mut self) -> Request {
        let mut fields = vec![(field::NAMESPACE, self.namespace())];
        let mut set = self.set_name();
        if set.as_ref().is_none_or(|name| *name != self.set.as_bytes()) && !self.dice.one_in(4) {
            set = Some(self.set.clone().into_bytes());
        }
        // Without a set there would be what others have written.
        fields.push((field::SET, set.filter(|name| !name.is_empty()).unwrap_or_else(|| b"no-such".to_vec())));
        if !self.dice.one_in(12) {
            let keys = 0..self.dice.below(KEYS) + 1;
            let mut partitions: Vec<_> = keys.map(|key| partition_of(&self.digest(key)) as u16).collect();
            if !self.dice.one_in(12) {
                partitions.sort_unstable();
                partitions.dedup();
            }
            let mut bytes: Vec<_> = partitions.iter().flat_map(|partition| partition.to_le_bytes()).collect();
            if self.dice.one_in(12) {
                bytes.push(0);
            }
            fields.push((field::PARTITIONS, bytes));
        }
        for (kind, size) in
            [(field::SOCKET_TIMEOUT, 4), (field::RECORDS_PER_SECOND, 4), (field::MAX_RECORDS, 8)]
        {
            if self.dice.one_in(12) {
                let size = if self.dice.one_in(4) { size - 1 } else { size };
                let mut value = vec![0; size];
                value[size - 2] = 4;
                fields.push((kind, value));
            }
        }
        self.filter(&mut fields);
        let writes = self.dice.one_in(5);
        let mut ops = if self.dice.one_in(2) { self.ops(writes) } else { Vec::new() };
        if writes {
            // What changes in the background is not there at once.
            ops.retain(|op| op.0 == write_type::READ || op.0 == write_type::TOUCH);
        }
        let info1 = if writes { 0 } else { self.dice.any(&[1, 3, 3, 0x21]) };
        let info3 = if self.dice.one_in(12) { 0 } else { info3::PARTITION_DONE };
        let header = MessageHeader { info1, info2: u8::from(writes), info3, ..MessageHeader::default() };
        let text = format!("scan info {info1:#x} {writes} {info3:#x} {fields:?} {ops:?}");
        Request { kind: Kind::Scan, bytes: frame(3, &message(header, &fields, &ops)), text }
    }

    fn info(&mut self) -> Request {
        let mut lines: Vec<String> = (0..=self.dice.below(2)).map(|_| self.command()).collect();
        if self.dice.one_in(20) {
            lines.push(String::new());
        }
        let mut body = lines.join("\n");
        if !self.dice.one_in(20) {
            body.push('\n');
        }
        Request { kind: Kind::One, bytes: frame(1, body.as_bytes()), text: format!("info {lines:?}") }
    }

    fn command(&mut self) -> String {
        let name = self.dice.any(COMMANDS);
        let given = self.dice.below(4);
        let arguments: Vec<_> = (0..given).map(|_| self.argument()).collect();
        let separator = self.dice.any(&[":", ":", ":", "/", ";"]);
        if given == 0 && self.dice.one_in(2) {
            name.to_owned()
        } else {
            format!("{name}{separator}{}", arguments.join(";"))
        }
    }

    fn argument(&mut self) -> String {
        let name = self.dice.any(&[
            "namespace",
            "namespace",
            "ns",
            "id",
            "set",
            "indexname",
            "context",
            "type",
            "lut",
            "filename",
            "hist",
            "size",
            "max",
            "verbose",
            "bin",
            "keyd",
            "module",
            "trid",
            "b64",
            "ttl",
            "indextype",
            "ignore-migrations",
        ]);
        let value = match name {
            "namespace" | "ns" => self.dice.any(&["test", "test", "nope", ""]),
            "context" => self.dice.any(&["service", "network", "namespace", "xdr", "nope", ""]),
            "type" => self.dice.any(&["numeric", "string", "ttl", "object-size", "nope"]),
            "hist" => self.dice.any(&[
                "{test}-read",
                "{test}-benchmarks-write",
                "batch-index",
                "{nope}-read",
                "nope",
            ]),
            "indextype" => self.dice.any(&["list", "nope"]),
            "module" => self.dice.any(&["evict", "roster", "nope"]),
            "keyd" => self.dice.any(&["00", "0000000000000000000000000000000000000000", "zz"]),
            "filename" => self.dice.any(&["nope", "nope.lua", ""]),
            _ => self.dice.any(&[
                "1",
                "0",
                "true",
                "probe",
                "probe",
                "",
                "-1",
                "99999999999999999999999999999",
            ]),
        };
        format!("{name}={value}")
    }
}

/// Commands that change nothing which another conversation sees.
const COMMANDS: &[&str] = &[
    "build",
    "edition",
    "features",
    "compatibility-id",
    "digests",
    "partitions",
    "status",
    "namespaces",
    "connection",
    "mcast",
    "cluster-stable",
    "namespace",
    "sets",
    "sindex",
    "sindex-list",
    "sindex-exists",
    "sindex-stat",
    "sindex-delete",
    "sindex-create",
    "udf-get",
    "udf-put",
    "udf-remove",
    "truncate",
    "truncate-undo",
    "get-config",
    "set-config",
    "get-stats",
    "histogram",
    "latencies",
    "log",
    "log-set",
    "smd-show",
    "query-abort",
    "racks",
    "rack-ids",
    "roster",
    "replicas",
    "quiesce",
    "masking",
    "health-stats",
    "health-outliers",
    "physical-devices",
    "tip",
    "tip-clear",
    "eviction-reset",
    "debug-record",
    "user-agent-set",
    "dump-hb",
    "dump-skew",
    "jobs",
    "nope",
    "peers-clear-std",
    "peers-tls-std",
    "services-alternate",
    "alumni-clear-std",
    "xdr-dc-state",
    "feature-key",
    "service-clear-alt",
    "jem-stats",
    "log-message",
    "statistics",
    "revive",
    "config-get",
];
