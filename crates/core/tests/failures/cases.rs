/// Every fault of the embedded server, what it is like for a client, and what the caller sees in each of [`SCENARIOS`].
const CASES: &[Case] = &[
    Case {
        rules: "on=batch delay=50",
        what: "the reply is late",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=batch delay=60000",
        what: "the reply is later than socketTimeout",
        sees: [
            "all read; 96 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch drip=100",
        what: "the reply comes byte by byte and never ends",
        sees: [
            "TimeoutError 9 after 1 attempt",
            "TimeoutError 9 after 1 attempt",
            "36 of code 9, 60 read; failures 9",
            "TimeoutError 9 after 1 attempt",
        ],
    },
    Case {
        rules: "on=batch silence",
        what: "no reply, the connection stays open",
        sees: [
            "all read; 96 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch close",
        what: "the connection closes instead of a reply",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch refuse",
        what: "the connection is reset instead of a reply",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch cut=0",
        what: "the connection closes before the first byte",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch cut=5",
        what: "within a frame's header",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch cut=3000",
        what: "within the first row",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch cut=150000",
        what: "between frames, when some rows are there",
        sees: [
            "all read; 75 sent again",
            "63 read, 33 of code -10; failures -10; 129 sent again",
            "all read; 15 sent again",
            "all read; 33 sent again",
        ],
    },
    Case {
        rules: "on=batch cut=150000;on=batch code=18x48",
        what: "the same, and rows say that the device is overloaded",
        sees: [
            "all read; 96 sent again",
            "42 of code 18, 54 of code -10; failures -10; 192 sent again",
            "all read; 36 sent again",
            "96 of code 18; 192 sent again",
        ],
    },
    Case {
        rules: "on=connect delay=50",
        what: "new connections are served late",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=connect silence",
        what: "new connections are never served",
        sees: [
            "all read; 96 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=connect close",
        what: "new connections are closed",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=connect refuse",
        what: "new connections are reset",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=admin delay=50",
        what: "logins are answered late",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=admin silence",
        what: "logins are not answered",
        sees: [
            "all read; 96 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "TimeoutError 9 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=admin close",
        what: "connections close at login",
        sees: [
            "all read; 96 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ConnectionError -10 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=admin garbage=64",
        what: "logins are answered with garbage",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=admin size=huge",
        what: "a login's answer claims 2^47 bytes",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=info silence",
        what: "info requests, which the partition map needs, are not answered",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=batch size=zero",
        what: "a frame claims 0 bytes",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch size=short",
        what: "a frame claims a byte less than it has",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch size=long",
        what: "a frame claims a byte more than it has",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch size=huge",
        what: "a frame claims 2^47 bytes",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch version=3",
        what: "a frame has an unknown version",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch type=9",
        what: "a frame has an unknown type",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch type=1",
        what: "a frame has the type of an info reply",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch garbage=300",
        what: "garbage instead of a reply",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch skip=1 stale",
        what: "the connection's earlier reply comes again in front",
        sees: [
            "all read; 96 sent again",
            "all read; 96 sent again",
            "all read; 36 sent again",
            "all read; 96 sent again",
        ],
    },
    Case {
        rules: "on=batch index=foreign",
        what: "a row has an index that nobody asked for",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch index=doubled",
        what: "two rows have the same index",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch lose=3",
        what: "3 rows are missing",
        sees: [
            "all read; 3 sent again",
            "93 read, 3 of code -15; failures -15; 6 sent again",
            "all read; 3 sent again",
            "90 read, 6 of code -15; failures -15, -15, -15; 15 sent again",
        ],
    },
    Case {
        rules: "on=batch lose=96",
        what: "all rows are missing",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -15 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -15 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch name-beyond-op",
        what: "a bin's name is longer than the bin",
        sees: [
            "all read; 96 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "AerostrideError (protocol) -1 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch particle=99",
        what: "a bin has an unknown type",
        sees: [
            "all read; 96 cells mismatched",
            "all read; 96 cells mismatched",
            "all read; 36 cells mismatched",
            "all read; 96 cells mismatched",
        ],
    },
    Case {
        rules: "on=batch trailer=missing",
        what: "the message that ends the reply is missing",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=batch trailer=doubled",
        what: "the message that ends the reply comes twice",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=batch trailer=8",
        what: "the reply is whole and ends with a code",
        sees: ["all read", "all read", "all read", "all read"],
    },
    Case {
        rules: "on=batch lose=96;on=batch trailer=4",
        what: "the request is refused",
        sees: [
            "ServerError 4 after 1 attempt",
            "ServerError 4 after 1 attempt",
            "36 of code 4, 60 read; failures 4",
            "ServerError 4 after 1 attempt",
        ],
    },
    Case {
        rules: "on=batch lose=96;on=batch trailer=18",
        what: "the request is refused with a code that passes",
        sees: [
            "all read; 96 sent again",
            "ServerError 18 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ServerError 18 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch lose=96;on=batch trailer=11",
        what: "the request is refused for lack of an owner",
        sees: [
            "all read; 96 sent again",
            "ServerError 11 after 3 attempts; 192 sent again",
            "all read; 36 sent again",
            "ServerError 11 after 3 attempts; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch code=9x3",
        what: "3 rows timed out on the server",
        sees: [
            "all read; 3 sent again",
            "3 of code 9, 93 read; 6 sent again",
            "all read; 3 sent again",
            "6 of code 9, 90 read; 15 sent again",
        ],
    },
    Case {
        rules: "on=batch code=11x3",
        what: "3 rows' partitions are unavailable",
        sees: [
            "all read; 3 sent again",
            "3 of code 11, 93 read; 6 sent again",
            "all read; 3 sent again",
            "6 of code 11, 90 read; 15 sent again",
        ],
    },
    Case {
        rules: "on=batch code=14x3",
        what: "3 rows' keys are busy",
        sees: [
            "all read; 3 sent again",
            "3 of code 14, 93 read; 6 sent again",
            "all read; 3 sent again",
            "6 of code 14, 90 read; 15 sent again",
        ],
    },
    Case {
        rules: "on=batch code=18x3",
        what: "3 rows met an overloaded device",
        sees: [
            "all read; 3 sent again",
            "3 of code 18, 93 read; 6 sent again",
            "all read; 3 sent again",
            "6 of code 18, 90 read; 15 sent again",
        ],
    },
    Case {
        rules: "on=batch code=22x3",
        what: "3 rows are forbidden",
        sees: [
            "3 of code 22, 93 read",
            "3 of code 22, 93 read",
            "3 of code 22, 93 read",
            "9 of code 22, 87 read",
        ],
    },
    Case {
        rules: "on=batch code=18",
        what: "all rows met an overloaded device",
        sees: [
            "all read; 96 sent again",
            "96 of code 18; 192 sent again",
            "all read; 36 sent again",
            "96 of code 18; 192 sent again",
        ],
    },
    Case {
        rules: "on=batch code=22",
        what: "all rows are forbidden",
        sees: ["96 of code 22", "96 of code 22", "36 of code 22, 60 read", "96 of code 22"],
    },
];
