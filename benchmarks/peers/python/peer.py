"""The conversation with the runner, the same for every peer in Python: one line of JSON in, one line out."""

import json
import resource
import sys
import time
import traceback

import numpy

CODES = {"f8": "<f8", "i4": "<i4", "u1": "u1", "f4": "<f4", "S16": "S16"}


def dtype_of(workload):
    """The workload's records as a structured dtype."""
    fields = []
    for bin_ in workload["bins"]:
        shape = (bin_["length"],) if bin_.get("length") else ()
        fields.append((bin_["name"], CODES[bin_["code"]], shape))
    return numpy.dtype(fields)


def checksum(column):
    """What the first column adds up to: numbers, first elements of vectors, lengths of strings."""
    if column.dtype.kind == "S":
        return float(numpy.char.str_len(column).sum())
    return float((column if column.ndim == 1 else column[:, 0]).sum(dtype="f8"))


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def serve(peer):
    """Answers until standard input ends. A peer has `prepare(request)` and `read()`, which gives the first column."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = time_reads(peer, request) if request["do"] == "read" else peer.prepare(request) or {}
        except Exception:
            reply = {"error": traceback.format_exc()}
        print(json.dumps(reply), flush=True)


def time_reads(peer, request):
    """Milliseconds of each read, or of each wave of concurrent ones."""
    ms = []
    concurrent = request.get("concurrent", 1)
    cpu = cpu_ms()
    for _ in range(request["times"]):
        started = time.perf_counter()
        column = peer.read() if concurrent == 1 else peer.read_many(concurrent)
        ms.append((time.perf_counter() - started) * 1000)
    return {"ms": ms, "cpu": cpu_ms() - cpu, "sum": checksum(column)}
