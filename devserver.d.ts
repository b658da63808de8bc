// Written by `npm run api`.

/** What a client needs to trust the self-made certificates: fits its `tls` option. */
export declare interface DevCertificates {
    /** The authority that has signed the others. */
    ca: string;
    /** A certificate that a client can show. */
    cert: string;
    /** Its key. */
    key: string;
}

/** A namespace of the embedded server. */
export declare interface DevNamespace {
    /** Up to 31 bytes. */
    name: string;
    /** Bytes of records above which writes are refused with the real server's code. Default 2 GiB. */
    memoryLimit?: number | undefined;
    /** Seconds that records live when the writer does not say. Default 0: for ever. */
    defaultTtl?: number | undefined;
}

/** How slow the embedded server is: CPU time that requests take beside what they take anyway, in nanoseconds. */
export declare interface DevPace {
    /** For every request except info and logins. Default 0. */
    request?: number | undefined;
    /** For every row of a batch. Default 0. */
    row?: number | undefined;
    /** For every record of a scan or query. Default 0. */
    record?: number | undefined;
    /** Threads that share the partitions of a scan or query. Default 1; a real server has 4. */
    threads?: number | undefined;
}

/**
 * An in-memory Aerospike server within this process, for demos and tests. It has threads of its own: the event loop never
 * waits for it, and it does not keep the process alive.
 */
export declare class DevServer implements AsyncDisposable {
    #private;
    /** Where its nodes listen, as `127.0.0.1:port`: what `connect` takes. */
    readonly hosts: readonly string[];
    /** With self-made certificates: what a client passes as `tls`. */
    readonly certificates: Readonly<DevCertificates> | null;
    private constructor();
    /** Stops the server; resolves when its ports are closed and its threads have ended. */
    stop(): Promise<void>;
    /** Stops a node as a crash would: its connections close and its memory is gone. Nodes count from 0. */
    stopNode(node: number): Promise<void>;
    /** Starts a stopped node, empty, on the address that it had. */
    startNode(node: number): Promise<void>;
    /** Suspends a node: its connections stay open and nothing is answered. */
    freezeNode(node: number): Promise<void>;
    /** Lets a suspended node go on. */
    thawNode(node: number): Promise<void>;
    /** Replaces all fault rules, for requests from now on; an empty list ends all faults. */
    setFaults(rules: readonly (FaultRule | string)[]): void;
    /** What the server has done and holds; `null` once it has stopped. */
    stats(): DevServerStats | null;
    /** Stops the server at the end of an `await using` block. */
    [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link startDevServer}. */
export declare interface DevServerOptions {
    /** Port of the first node; further nodes take the ports behind it. Free ports unless given. */
    port?: number | undefined;
    /** Number of nodes. Default 1. */
    nodes?: number | undefined;
    /** Copies of every record, as far as there are nodes. Default 2. */
    replicationFactor?: number | undefined;
    /** The rack of every node, such as `[1, 1, 2]`; copies of a record are then on different racks. Default none. */
    racks?: readonly number[] | undefined;
    /** Names, or names with settings. Default `test` and `bar`. */
    namespaces?: readonly (string | DevNamespace)[] | undefined;
    /** With users, everybody has to log in. */
    users?: readonly DevUser[] | undefined;
    /** Seconds that a login lasts. Default a day. */
    sessionTtl?: number | undefined;
    /** All connections are TLS: `true` with self-made certificates, see {@link DevServer.certificates}. */
    tls?: boolean | DevTls | undefined;
    /** What is to go wrong, see {@link FaultRule}; rules as words, such as `'on=batch delay=100'`, fit too. */
    faults?: readonly (FaultRule | string)[] | undefined;
    /** What the choices of faults follow from. Default 0. */
    seed?: number | undefined;
    /** Ms until the other nodes notice that one has stopped. Default as a real server: about 1,700. */
    failureDetection?: number | undefined;
    /** Ms until a started node has joined the others. */
    joining?: number | undefined;
    /** Ms that partitions take to move to a joined node. */
    migration?: number | undefined;
    /** Ms until a new index can be queried; until then queries of it are refused with code 203. Default 0: at once. */
    indexBuilding?: number | undefined;
    /**
     * Threads that the scans and queries of a node may have together; one more is refused with code 22. A scan has 4 of them, or as
     * many as it has partitions. Default 128.
     */
    queryThreadsLimit?: number | undefined;
    /** How slow it is: `'real'` as a real server, or CPU time by kind of work. Default as fast as it can be. */
    pace?: 'real' | DevPace | undefined;
}

/** What the embedded server has done and holds. */
export declare interface DevServerStats {
    /** Open connections. */
    connections: number;
    /** Connections that were ever accepted. */
    connectionsOpened: number;
    /** Records. */
    objects: number;
    /** Bytes that they take, index included. */
    memory: number;
    /** How often the present fault rules have fired. */
    faults: number;
}

/** Certificates in PEM form. */
export declare interface DevTls {
    /** The server's chain and key; self-made ones when both are left out. */
    cert?: string | undefined;
    /** The key of that chain's first certificate. */
    key?: string | undefined;
    /** The name that clients expect the certificate to be for. Default `localhost`. */
    name?: string | undefined;
    /** Only clients with a certificate of this authority are let in. */
    clientCa?: string | undefined;
    /** With self-made certificates: only clients with the certificate of `server.certificates` are let in. */
    mutual?: boolean | undefined;
    /** With self-made certificates: whom the client's names, for `authMode: 'pki'`. Default `aerostride`. */
    clientName?: string | undefined;
    /** With self-made certificates: the one that has expired. Default none. */
    expired?: 'server' | 'client' | undefined;
}

/** Somebody who may log in. */
export declare interface DevUser {
    /** The name to log in with. */
    user: string;
    /** It is in no message and no debug print. */
    password: string;
    /** `read`, `write`, `read-write`, `truncate`, `data-admin`, `sys-admin`, `user-admin`, `superuser`. Default none. */
    roles?: readonly string[] | undefined;
    /** Known to a directory such as LDAP: let in with `authMode: 'external'` only. Default false. */
    external?: boolean | undefined;
    /** The password has expired: a login with it is refused, and says so. Default false. */
    expired?: boolean | undefined;
}

/** Which events a rule of the embedded server covers. */
export declare interface FaultConditions {
    /** Kind of event. Default `any`. */
    on?: 'connect' | 'info' | 'admin' | 'read' | 'write' | 'batch' | 'scan' | 'any' | undefined;
    /** Only this node, from 0. */
    node?: number | undefined;
    /** Only the connection of this number; a node counts its connections from 1. */
    connection?: number | undefined;
    /** Only info requests that contain this text. */
    info?: string | undefined;
    /** The first so many events pass. */
    skip?: number | undefined;
    /** Fires at most so many times. */
    times?: number | undefined;
    /** Fires with this probability, 0 to 1; which events it hits follows from the server's `seed`. */
    chance?: number | undefined;
}

/** When something goes wrong in the embedded server, and what: some conditions and exactly one fault. */
export declare type FaultRule = {
    [F in keyof Faults]: FaultConditions & Pick<Faults, F>;
}[keyof Faults];

/** What goes wrong: exactly one of these. */
export declare interface Faults {
    /** Ms before the reply. */
    delay: number;
    /** The reply byte by byte, with so many ms between. */
    drip: number;
    /** The connection ends after so many bytes of the reply. */
    cut: number;
    /** Nothing more comes after so many bytes of the reply, and the connection stays open. */
    stall: number;
    /** The connection is refused. */
    refuse: true;
    /** The connection is accepted and closed. */
    close: true;
    /** Nothing is answered, and the connection stays open. */
    silence: true;
    /** The size in the frame header is wrong. */
    size: 'zero' | 'short' | 'long' | 'huge';
    /** The frame has this protocol version. */
    version: number;
    /** The frame has this type. */
    type: number;
    /** A row has the index of no row, or of another row. */
    index: 'foreign' | 'doubled';
    /** So many rows are left out. */
    lose: number;
    /** So many rows come twice. */
    double: number;
    /** A record of a scan or query is of another partition, or a partition is refused while its records come. */
    partition: 'foreign' | 'early';
    /** A scan or query ends after so many records, with code 15. */
    abort: number;
    /** The closing message comes twice, never, or with this code. */
    trailer: 'doubled' | 'missing' | number;
    /** Rows have this code: a number for all, or `'CODExROWS'` for some. */
    code: number | `${number}x${number}`;
    /** Values have this particle type. */
    particle: number;
    /** A bin name is longer than its op. */
    'name-beyond-op': true;
    /** Bytes of an earlier reply come first. */
    stale: true;
    /** So many random bytes instead of the reply. */
    garbage: number;
}

/** Starts an in-memory Aerospike server on loopback. Its records are gone when it stops. */
export declare function startDevServer(options?: DevServerOptions): Promise<DevServer>;

export { }
