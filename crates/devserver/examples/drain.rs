//! How fast the embedded server delivers a scan to readers that do nothing but read.
//!
//! `cargo run --release -p aerostride-devserver --example drain [RECORDS]`

#![allow(clippy::unwrap_used, reason = "an example")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::time::Instant;

use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{
    FrameType, KeyType, MessageHeader, Op, digest, field_type, finish_frame, info1, info2, info3,
    particle_type, put_field, put_op, start_frame, write_type,
};

const BINS: [&[u8]; 5] = [b"count", b"kind", b"temp", b"humidity", b"pressure"];
const PIPELINE: u64 = 1000;

fn main() {
    let records = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().unwrap());
    let server = DevServer::start(Config::new()).unwrap();
    let address = server.addresses()[0];
    write(address, records);
    for connections in [1, 2, 4] {
        for _ in 0..3 {
            let started = Instant::now();
            let bytes = drain(address, connections);
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{connections} connections: {:.2} M records/s, {:.0} MB/s",
                records as f64 / seconds / 1e6,
                bytes as f64 / seconds / 1e6
            );
        }
    }
}

fn write(address: SocketAddr, records: u64) {
    let mut stream = TcpStream::connect(address).unwrap();
    for first in (0..records).step_by(PIPELINE as usize) {
        let mut frames = Vec::new();
        let batch = first..(first + PIPELINE).min(records);
        let mut replies = vec![0; 30 * (batch.end - batch.start) as usize];
        batch.for_each(|number| put(number, &mut frames));
        stream.write_all(&frames).unwrap();
        stream.read_exact(&mut replies).unwrap();
    }
}

fn put(number: u64, out: &mut Vec<u8>) {
    let at = start_frame(out, FrameType::Message);
    let header = MessageHeader { info2: info2::WRITE, field_count: 3, op_count: 5, ..Default::default() };
    out.extend_from_slice(&header.encode());
    put_field(out, field_type::NAMESPACE, b"test");
    put_field(out, field_type::SET, b"bench");
    put_field(out, field_type::DIGEST, &digest(b"bench", KeyType::Int, &number.to_be_bytes()));
    for name in BINS {
        let value = &number.to_be_bytes();
        put_op(out, &Op { operation: write_type::WRITE, particle: particle_type::INT, name, value });
    }
    finish_frame(out, at);
}

/// Reads the whole set over so many connections and gives the bytes that came.
fn drain(address: SocketAddr, connections: u16) -> u64 {
    let share = 4096 / connections;
    std::thread::scope(|scope| {
        let part = |index| index * share..(index + 1) * share;
        let readers: Vec<_> =
            (0..connections).map(|index| scope.spawn(move || read(address, part(index)))).collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).sum()
    })
}

fn read(address: SocketAddr, partitions: Range<u16>) -> u64 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&scan(partitions)).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let mut header = [0; 8];
        stream.read_exact(&mut header).unwrap();
        let mut left = (u64::from_be_bytes(header) & 0xffff_ffff_ffff) as usize;
        bytes += left as u64 + 8;
        let last = left == 22;
        while left > 0 {
            let room = left.min(buffer.len());
            let got = stream.read(&mut buffer[..room]).unwrap();
            assert!(got > 0, "the server closed the connection");
            left -= got;
        }
        if last {
            assert_eq!((buffer[3], buffer[5]), (info3::LAST, 0));
            return bytes;
        }
    }
}

fn scan(partitions: Range<u16>) -> Vec<u8> {
    let mut out = Vec::new();
    let at = start_frame(&mut out, FrameType::Message);
    let header = MessageHeader {
        info1: info1::READ,
        info3: info3::PARTITION_DONE,
        field_count: 3,
        ..Default::default()
    };
    out.extend_from_slice(&header.encode());
    put_field(&mut out, field_type::NAMESPACE, b"test");
    put_field(&mut out, field_type::SET, b"bench");
    let ids: Vec<u8> = partitions.flat_map(u16::to_le_bytes).collect();
    put_field(&mut out, field_type::PARTITIONS, &ids);
    finish_frame(&mut out, at);
    out
}
