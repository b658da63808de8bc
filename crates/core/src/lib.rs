//! The columnar Aerospike client: routing, data connections, batch reads, errors.
