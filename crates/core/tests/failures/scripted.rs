//! A cluster that says what a test wants it to say, byte by byte: what real clusters do and the embedded server does not.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aerostride_core::{Client, ConnectOptions, HostAddress};
use aerostride_wire::{
    BatchRows, Digest, FRAME_HEADER_SIZE, FrameHeader, FrameType, KeyType, MAX_FRAME_BODY, MessageHeader, Op,
    PARTITIONS, Request, digest, finish_frame, info3, particle_type, put_op, start_frame,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::stocked::{Prepared, padding};

/// Records that every node has, and the bytes of their padding.
pub const RECORDS: usize = 300;
const PAD: usize = 20;

/// A row that was asked for: its index, and the number of the record.
pub type Asked = (u32, usize);

type Info = Arc<dyn Fn(usize, &str) -> Option<String> + Send + Sync>;
type Batch = Arc<dyn Fn(usize, &[Asked]) -> Vec<u8> + Send + Sync>;

/// What the nodes say. Called without the lock: info would wait for ever while many batches take turns.
#[derive(Clone)]
struct Script {
    /// The value of an info name, where it is not the usual one.
    info: Info,
    /// The reply to a batch.
    batch: Batch,
}

struct Shared {
    addresses: Vec<SocketAddr>,
    numbers: HashMap<Digest, usize>,
    script: Mutex<Script>,
}

/// Nodes B1, B2 and so on, each with every record. They run until the test's process ends.
pub struct Scripted {
    shared: Arc<Shared>,
}

impl Scripted {
    pub fn start(nodes: usize) -> Self {
        let listeners = (0..nodes).map(|node| (node, TcpListener::bind("127.0.0.1:0").unwrap())).collect();
        Self::listen(listeners)
    }

    /// Some nodes of a cluster; what they say of the others is up to the test.
    pub fn listen(listeners: Vec<(usize, TcpListener)>) -> Self {
        let number = |number: usize| (digest(b"stock", KeyType::Int, &number.to_be_bytes()), number);
        let script = Script {
            info: Arc::new(|_, _| None),
            batch: Arc::new(|_, asked| sound_reply(asked, usize::MAX)),
        };
        let shared = Arc::new(Shared {
            addresses: listeners.iter().map(|(_, listener)| listener.local_addr().unwrap()).collect(),
            numbers: (0..RECORDS).map(number).collect(),
            script: Mutex::new(script),
        });
        for (node, listener) in listeners {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.accept(node, &listener));
        }
        Self { shared }
    }

    pub fn addresses(&self) -> &[SocketAddr] {
        &self.shared.addresses
    }

    /// Opens another port for a node.
    pub fn open_port(&self, node: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, shared) = (listener.local_addr().unwrap(), Arc::clone(&self.shared));
        std::thread::spawn(move || shared.accept(node, &listener));
        address
    }

    pub fn say(&self, info: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static) {
        self.shared.script.lock().unwrap().info = Arc::new(info);
    }

    pub fn answer(&self, batch: impl Fn(usize, &[Asked]) -> Vec<u8> + Send + Sync + 'static) {
        self.shared.script.lock().unwrap().batch = Arc::new(batch);
    }

    pub async fn client(&self) -> Client {
        let address = self.addresses()[0];
        let host = HostAddress { host: address.ip().to_string(), port: address.port(), tls_name: None };
        Client::connect(ConnectOptions { hosts: vec![host], ..ConnectOptions::default() }).await.unwrap()
    }

    /// A read of records by number.
    pub fn prepare(numbers: Vec<usize>) -> Prepared {
        Prepared::new(RECORDS, PAD, numbers)
    }

    /// A read of every record.
    pub fn everything(&self) -> Prepared {
        Self::prepare((0..RECORDS).collect())
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, node: usize, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            let shared = Arc::clone(self);
            std::thread::spawn(move || shared.serve(node, stream));
        }
    }

    /// Answers until the client closes the connection.
    fn serve(&self, node: usize, mut stream: TcpStream) -> Option<()> {
        loop {
            let mut header = [0; FRAME_HEADER_SIZE];
            stream.read_exact(&mut header).ok()?;
            let FrameHeader { kind, size } = FrameHeader::parse(&header, MAX_FRAME_BODY).unwrap();
            let mut body = vec![0; size];
            stream.read_exact(&mut body).ok()?;
            let reply = match kind {
                FrameType::Info => self.info(node, &String::from_utf8(body).unwrap()),
                _ => self.batch(node, &body),
            };
            stream.write_all(&reply).ok()?;
        }
    }

    fn info(&self, node: usize, names: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let Script { info, .. } = self.script.lock().unwrap().clone();
        let frame = start_frame(&mut out, FrameType::Info);
        for name in names.lines() {
            let value = info(node, name).unwrap_or_else(|| self.usual(node, name));
            out.extend_from_slice(format!("{name}\t{value}\n").as_bytes());
        }
        finish_frame(&mut out, frame);
        out
    }

    fn usual(&self, node: usize, name: &str) -> String {
        match name {
            "node" => format!("B{}", node + 1),
            "build" => "8.1.2.0".into(),
            "features" => "batch-any;pscans;replicas;peers".into(),
            "partition-generation" | "peers-generation" | "rebalance-generation" => "1".into(),
            "replicas" => replicas(self.addresses.len(), node, 0),
            "service-clear-std" => self.addresses[node].to_string(),
            "peers-clear-std" => {
                let all = self.addresses.iter().enumerate().filter(|(peer, _)| *peer != node);
                let peers: Vec<_> =
                    all.map(|(peer, address)| format!("[B{},,[{address}]]", peer + 1)).collect();
                format!("1,3000,[{}]", peers.join(","))
            }
            "cluster-name" => String::new(),
            _ => "ok".into(),
        }
    }

    fn batch(&self, node: usize, body: &[u8]) -> Vec<u8> {
        let request = Request::parse(body).unwrap();
        let Script { batch, .. } = self.script.lock().unwrap().clone();
        let Some(field) = request.fields.batch else {
            let mut reply = batch(node, &[(0, self.numbers[request.fields.digest.unwrap()])]);
            // A record by itself has no trailer.
            let [.., third, second, first] = reply[..FRAME_HEADER_SIZE] else { unreachable!() };
            reply.truncate(FRAME_HEADER_SIZE + u32::from_be_bytes([0, third, second, first]) as usize);
            return reply;
        };
        let mut rows = BatchRows::new(field).unwrap();
        let mut asked = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            asked.push((row.index, self.numbers[row.digest]));
        }
        batch(node, &asked)
    }
}

/// The value of `replicas` where partition p belongs to node p modulo `nodes`, its copy to the next; `shift` moves all.
pub fn replicas(nodes: usize, node: usize, shift: usize) -> String {
    let of = |copy: usize| bitmap(|partition| (partition + copy + shift) % nodes == node);
    format!("test:0,2,{},{}", of(0), of(1))
}

pub fn bitmap(is_owned: impl Fn(usize) -> bool) -> String {
    let mut bits = [0_u8; PARTITIONS / 8];
    (0..PARTITIONS).filter(|&p| is_owned(p)).for_each(|p| bits[p / 8] |= 0x80 >> (p % 8));
    STANDARD.encode(bits)
}

/// A whole reply, with so many rows in a frame.
pub fn sound_reply(asked: &[Asked], rows_per_frame: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for rows in asked.chunks(rows_per_frame) {
        let frame = start_frame(&mut out, FrameType::Message);
        rows.iter().for_each(|row| put_row(&mut out, *row));
        finish_frame(&mut out, frame);
    }
    put_trailer(&mut out, 0);
    out
}

/// The row of a record.
pub fn put_row(out: &mut Vec<u8>, (transaction, number): Asked) {
    let header = MessageHeader { transaction, generation: 1, op_count: 2, ..MessageHeader::default() };
    out.extend_from_slice(&header.encode());
    let value = (number as i64).to_be_bytes();
    put_op(out, &Op { operation: 1, particle: particle_type::INT, name: b"n", value: &value });
    let value = padding(number, PAD);
    put_op(out, &Op { operation: 1, particle: particle_type::BLOB, name: b"pad", value: &value });
}

/// A row without a record.
pub fn put_code(out: &mut Vec<u8>, (transaction, _): Asked, result_code: u8) {
    let header = MessageHeader { transaction, result_code, ..MessageHeader::default() };
    out.extend_from_slice(&header.encode());
}

/// The frame that ends a reply.
pub fn put_trailer(out: &mut Vec<u8>, result_code: u8) {
    let frame = start_frame(out, FrameType::Message);
    let header = MessageHeader { info3: info3::LAST, result_code, ..MessageHeader::default() };
    out.extend_from_slice(&header.encode());
    finish_frame(out, frame);
}
