"""aerospike-py, unchanged: connect, put, get, batch read into numpy, scan, remove."""

import sys

import aerospike_py
import numpy

host, port = sys.argv[1].rsplit(":", 1)
client = aerospike_py.client({"hosts": [(host, int(port))]}).connect()


def key(i):
    return ("test", "aerospike-py", f"key{i}")


for i in range(20):
    client.put(key(i), {"i": i, "f": i / 2})
assert client.get(key(3)).bins == {"i": 3, "f": 1.5}

dtype = numpy.dtype([("i", "i4"), ("f", "f8")])
batch = client.batch_read([key(i) for i in range(21)]).to_numpy(dtype)
assert batch.batch_records["i"][:20].tolist() == list(range(20))
assert batch.batch_records["f"][:20].tolist() == [i / 2 for i in range(20)]
assert batch.result_codes.tolist() == [0] * 20 + [2]

assert len(client.query("test", "aerospike-py").results()) == 20
client.remove(key(3))
assert client.exists(key(3)).meta is None
client.close()
print("ok")
