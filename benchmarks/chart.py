"""Draws results/<name>.svg from results/<name>.json: one panel per scenario, one bar per peer.

    target/bench-venv/bin/python benchmarks/chart.py benchmarks/results/quick.json
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend has to be chosen first)

# Text stays text: smaller, searchable, and the same at every run.
plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "aerostride", "font.family": "sans-serif", "font.size": 10})

OURS, FLOOR, OTHERS = "#c2410c", "#9ca3af", "#64748b"
COLOURS = {"floor": FLOOR, "keyList": OURS, "tuples": OURS}
LABELS = {
    "floor": "floor: bytes read, not decoded",
    "keyList": "aerostride, key list",
    "tuples": "aerostride, key tuples",
    "crate": "Rust crate aerospike",
    "official": "npm aerospike",
    "aerospikePy": "aerospike-py",
    "officialPython": "Python client",
}


def panel(axes, scenario):
    results = scenario["results"]
    values = [result["median"] for result in results]
    colours = [COLOURS.get(result["peer"], OTHERS) for result in results]
    bars = axes.barh([LABELS[result["peer"]] for result in results], values, color=colours, height=0.68)
    axes.bar_label(bars, [f"{value:.3g}" for value in values], padding=4, color="#334155")
    axes.invert_yaxis()
    axes.set_xlim(0, max(values) * 1.16)
    axes.set_title(f"{scenario['title']}, ms", loc="left", fontweight="bold", color="#0f172a")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors="#334155")
    axes.xaxis.set_visible(False)


def main(path):
    data = json.loads(path.read_text())
    scenarios = [s for s in data["results"] if s["workload"] == "sensors" and s["nodes"] == 1 and s["concurrent"] == 1]
    scenarios = [s for s in scenarios if s["keys"] in (100, 1000, 10_000)]
    figure, panels = plt.subplots(len(scenarios), 1, figsize=(8, 2.35 * len(scenarios)), squeeze=False)
    for axes, scenario in zip(panels[:, 0], scenarios):
        panel(axes, scenario)
    machine = data["machine"]
    note = f"median of one batch read, embedded server on loopback; {machine['cpu']}, Node.js {machine['node']}, {machine['date']}"
    figure.text(0.01, 0.005, note, color="#64748b", fontsize=8)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None}, facecolor="white")


main(pathlib.Path(sys.argv[1]))
