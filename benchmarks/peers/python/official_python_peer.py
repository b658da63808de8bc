"""The official Python client: `batch_read(...)`, then a loop that fills a structured array."""

import aerospike
import numpy

from peer import dtype_of, serve


class OfficialPython:
    def __init__(self):
        self.client = None

    def prepare(self, request):
        workload = request["workload"]
        self.dtype = dtype_of(workload)
        self.names = list(self.dtype.names)
        self.vector = bool(workload["bins"][0].get("length"))
        self.keys = [(workload["namespace"], workload["set"], f"key_{i}") for i in range(request["keys"])]
        if self.client is None:
            seeds = [(host, int(port)) for host, port in (seed.rsplit(":", 1) for seed in request["hosts"].split(","))]
            self.client = aerospike.client({"hosts": seeds}).connect()

    def read(self):
        rows = numpy.zeros(len(self.keys), self.dtype)
        answers = self.client.batch_read(self.keys, self.names, {"total_timeout": 60_000}).batch_records
        if self.vector:
            self.fill_vectors(rows, answers)
        else:
            for i, answer in enumerate(answers):
                if answer.result == 0:
                    bins = answer.record[2]
                    rows[i] = tuple([bins[name] for name in self.names])
        return rows[self.names[0]]

    def fill_vectors(self, rows, answers):
        column = rows[self.names[0]]
        for i, answer in enumerate(answers):
            if answer.result == 0:
                column[i] = numpy.frombuffer(answer.record[2][self.names[0]], "<f4")

    def read_many(self, count):
        """It has no asynchronous door: one after the other."""
        return [self.read() for _ in range(count)][0]


serve(OfficialPython())
