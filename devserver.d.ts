// Written by `npm run api`.

/** An in-memory Aerospike server within this process, for demos and tests. */
export declare class DevServer implements AsyncDisposable {
    #private;
    /** Where it listens, as `127.0.0.1:port`: what `connect` takes. */
    readonly hosts: readonly string[];
    private constructor();
    /** Stops the server and closes its connections. */
    stop(): Promise<void>;
    /** Stops the server at the end of an `await using` block. */
    [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link startDevServer}. */
export declare interface DevServerOptions {
    /** Port of the first node; a free one unless given. */
    port?: number | undefined;
    /** Number of nodes. Default 1. */
    nodes?: number | undefined;
    /** Copies of every record, as far as there are nodes. Default 2. */
    replicationFactor?: number | undefined;
    /** Names of the namespaces. Default `test` and `bar`. */
    namespaces?: string[] | undefined;
}

/** Starts an in-memory Aerospike server on loopback. Its records are gone when it stops. */
export declare function startDevServer(options?: DevServerOptions): Promise<DevServer>;

export { }
