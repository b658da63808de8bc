"""aerospike-py: its asynchronous client, `batch_read(...)`, then `to_numpy(dtype)`."""

import asyncio

import aerospike_py

from peer import dtype_of, serve


class AerospikePy:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.client = None

    def prepare(self, request):
        workload = request["workload"]
        self.dtype = dtype_of(workload)
        self.names = list(self.dtype.names)
        self.keys = [(workload["namespace"], workload["set"], f"key_{i}") for i in range(request["keys"])]
        self.loop.run_until_complete(self.connect(request["hosts"]))

    def read(self):
        return self.loop.run_until_complete(self.one())

    def read_many(self, count):
        return self.loop.run_until_complete(self.wave(count))

    async def connect(self, hosts):
        if self.client is None:
            seeds = [(host, int(port)) for host, port in (seed.rsplit(":", 1) for seed in hosts.split(","))]
            self.client = aerospike_py.AsyncClient({"hosts": seeds})
            await self.client.connect()

    async def one(self):
        records = await self.client.batch_read(self.keys, bins=self.names)
        return records.to_numpy(self.dtype).batch_records[self.names[0]]

    async def wave(self, count):
        columns = await asyncio.gather(*(self.one() for _ in range(count)))
        return columns[0]


serve(AerospikePy())
