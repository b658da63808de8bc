//! An embedded in-memory Aerospike server for demos and tests.
