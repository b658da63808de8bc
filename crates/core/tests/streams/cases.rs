//! Faults of scans, and what becomes of them. docs/failures.md is made of them too.

/// One fault and what becomes of the scan in every scenario. Several rules are separated by a semicolon.
pub struct Case {
    pub rules: &'static str,
    pub what: &'static str,
    /// Whether a client can notice it.
    pub is_noticed: bool,
    pub sees: [&'static str; 4],
}

pub const CASES: &[Case] = &[
    Case {
        rules: "on=scan delay=40",
        what: "the reply comes 40 ms late",
        is_noticed: true,
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=scan drip=1 skip=15",
        what: "the last requests are answered byte by byte, slowly",
        is_noticed: true,
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=scan silence",
        what: "no reply, the connection stays open",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "TimeoutError 9, with a cursor",
            "all read, asked again",
            "TimeoutError 9, with a cursor",
        ],
    },
    Case {
        rules: "on=scan stall=300",
        what: "the reply stops in the middle, the connection stays open",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "TimeoutError 9, with a cursor",
            "all read, asked again",
            "TimeoutError 9, with a cursor",
        ],
    },
    Case {
        rules: "on=scan close",
        what: "the connection closes instead of a reply",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ConnectionError -10, with a cursor",
            "all read, asked again",
            "ConnectionError -10, with a cursor",
        ],
    },
    Case {
        rules: "on=scan refuse",
        what: "the connection is reset instead of a reply",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ConnectionError -10, with a cursor",
            "all read, asked again",
            "ConnectionError -10, with a cursor",
        ],
    },
    Case {
        rules: "on=scan cut=5",
        what: "the connection closes within a frame's header",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ConnectionError -10, with a cursor",
            "all read, asked again",
            "ConnectionError -10, with a cursor",
        ],
    },
    Case {
        rules: "on=scan cut=300",
        what: "the connection closes within the records",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ConnectionError -10, with a cursor",
            "all read, asked again",
            "ConnectionError -10, with a cursor",
        ],
    },
    Case {
        rules: "on=connect silence",
        what: "new connections are never served",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "TimeoutError 9, with a cursor",
            "all read, asked again",
            "TimeoutError 9, with a cursor",
        ],
    },
    Case {
        rules: "on=connect close",
        what: "new connections are closed",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ConnectionError -10, with a cursor",
            "all read, asked again",
            "ConnectionError -10, with a cursor",
        ],
    },
    Case {
        rules: "on=scan size=zero",
        what: "a frame claims 0 bytes",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan size=short",
        what: "a frame claims a byte less than it has",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan size=long",
        what: "a frame claims a byte more than it has",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan size=huge",
        what: "a frame claims 2^47 bytes",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan version=3",
        what: "a frame has an unknown version",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan type=1",
        what: "a frame has the type of an info reply",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan garbage=300",
        what: "garbage instead of a reply",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan double=1",
        what: "a record comes twice",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan partition=foreign",
        what: "a record of a partition that was not asked for",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan partition=early",
        what: "a partition is refused although its records follow",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "all read, asked again",
            "all read, asked again",
            "all read, asked again",
        ],
    },
    Case {
        rules: "on=scan abort=2",
        what: "the scan is aborted on the server after 2 records",
        is_noticed: true,
        sees: [
            "ServerError 15, with a cursor",
            "ServerError 15, with a cursor",
            "ServerError 15, with a cursor",
            "ServerError 15, with a cursor",
        ],
    },
    Case {
        rules: "on=scan code=18x1",
        what: "a code in place of a record",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ServerError 18, with a cursor",
            "all read, asked again",
            "ServerError 18, with a cursor",
        ],
    },
    Case {
        rules: "on=scan trailer=missing",
        what: "the last message is missing",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "TimeoutError 9, with a cursor",
            "all read, asked again",
            "TimeoutError 9, with a cursor",
        ],
    },
    Case {
        rules: "on=scan trailer=doubled",
        what: "the last message comes twice",
        is_noticed: true,
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=scan trailer=9",
        what: "the reply is whole and ends with a code that passes",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "ServerError 9, with a cursor",
            "all read, asked again",
            "ServerError 9, with a cursor",
        ],
    },
    Case {
        rules: "on=scan trailer=4",
        what: "the reply is whole and ends with another code",
        is_noticed: true,
        sees: [
            "ServerError 4, with a cursor",
            "ServerError 4, with a cursor",
            "ServerError 4, with a cursor",
            "ServerError 4, with a cursor",
        ],
    },
    Case {
        rules: "on=scan name-beyond-op",
        what: "a bin's name is longer than the bin",
        is_noticed: true,
        sees: [
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
            "all read, asked again",
            "AerostrideError (protocol) -1, with a cursor",
        ],
    },
    Case {
        rules: "on=scan lose=1",
        what: "a record is left out, which nobody can notice",
        is_noticed: false,
        sees: ["fewer records", "fewer records", "fewer records", "fewer records"],
    },
];
