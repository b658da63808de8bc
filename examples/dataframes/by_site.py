"""Reads a set as Arrow's stream format from standard input, batch by batch, and describes it by site with pandas."""

import sys

import pandas
import pyarrow

batches = 0
frames = []
for batch in pyarrow.ipc.open_stream(sys.stdin.buffer):
    batches += 1
    frames.append(batch.to_pandas())

sensors = pandas.concat(frames)
print(f"{len(sensors)} rows in {batches} batches, {sensors['key'].nunique()} keys")
print(sensors.groupby("site")[["temperature", "humidity"]].agg(["count", "mean"]))
