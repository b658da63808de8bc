"""Reads a batch as Arrow IPC from standard input, and describes it with pandas, polars and DuckDB."""

import sys

import duckdb
import pandas
import polars
import pyarrow

sensors = pyarrow.ipc.open_stream(sys.stdin.buffer).read_all()
print(sensors.schema, "\n")

# pandas: nullable types keep integers that are missing somewhere from becoming floats.
frame = sensors.to_pandas(types_mapper={pyarrow.int32(): pandas.Int32Dtype()}.get)
print(frame[["temperature", "humidity"]].describe(), "\n")

print(polars.from_arrow(sensors).select("site", "temperature", "humidity").describe(), "\n")

duckdb.sql("select site, avg(temperature), count(humidity) from sensors group by site order by site").show()
duckdb.sql("summarize select temperature, humidity from sensors").show()
