"""The official Python client, unchanged: connect, put, get, operate, batches, scan, filter, remove, truncate."""

import sys

import aerospike
from aerospike_helpers import expressions as exp
from aerospike_helpers.batch import records as batch
from aerospike_helpers.operations import operations

host, port = sys.argv[1].rsplit(":", 1)
client = aerospike.client({"hosts": [(host, int(port))]}).connect()


def key(i):
    return ("test", "python", i)


for i in range(20):
    bins = {"i": i, "s": f"text {i}", "f": i / 2, "l": [i, "a"], "m": {"a": i}, "b": bytes([i]), "t": i % 2 == 0}
    client.put(key(i), bins, meta={"ttl": 1000})
    assert client.get(key(i))[2] == bins
assert client.select(key(3), ["i", "none"])[2] == {"i": 3}
assert client.exists(key(99))[1] is None

_, _, bins = client.operate(key(0), [operations.increment("i", 5), operations.read("i")])
assert bins == {"i": 5}

rows = client.batch_read([key(i) for i in range(21)]).batch_records
assert [row.result for row in rows] == [0] * 20 + [2]
assert rows[7].record[2]["s"] == "text 7"
mixed = [batch.Write(key(1), [operations.write("x", 1)]), batch.Remove(key(2)), batch.Read(key(3), None)]
assert [row.result for row in client.batch_write(batch.BatchRecords(mixed)).batch_records] == [0, 0, 0]

assert len(client.scan("test", "python").results()) == 19
at_least_15 = exp.GE(exp.IntBin("i"), exp.Val(15)).compile()
found = client.query("test", "python").results(policy={"expressions": at_least_15})
assert sorted(record[2]["i"] for record in found) == [15, 16, 17, 18, 19]

client.remove(key(3))
assert client.exists(key(3))[1] is None
client.truncate("test", "python", 0)
assert client.scan("test", "python").results() == []
client.close()
print("ok")
