"""Prequential evaluation, row by row: one JSON order a line on standard input, one JSON answer a line.

{"load": name, "folder": path, "columns": n}    float64 columns and uint32 classes
{"stream": name}                                        rows per second of a Hoeffding tree, and the share of hits
"""

import json
import sys
import time

import numpy as np
from river import tree

streams = {}


def load(order):
    folder, name = order["folder"], order["load"]
    columns = [np.fromfile(f"{folder}/{name}.{i}.f64").tolist() for i in range(order["columns"])]
    classes = np.fromfile(f"{folder}/{name}.classes.u32", dtype=np.uint32).tolist()
    # River learns from dicts; they are made before the clock starts.
    rows = [{f"f{i}": value for i, value in enumerate(row)} for row in zip(*columns)]
    streams[name] = (rows, [str(k) for k in classes])
    return {"rows": len(rows)}


def stream(order):
    rows, classes = streams[order["stream"]]
    model = tree.HoeffdingTreeClassifier()
    hits = 0
    begun = time.perf_counter()
    for row, label in zip(rows, classes):
        if model.predict_one(row) == label:
            hits += 1
        model.learn_one(row, label)
    seconds = time.perf_counter() - begun
    return {"rowsPerSecond": len(rows) / seconds, "accuracy": hits / len(rows)}


ORDERS = {"load": load, "stream": stream}

for line in sys.stdin:
    order = json.loads(line)
    act = next(ORDERS[verb] for verb in ORDERS if verb in order)
    print(json.dumps(act(order)), flush=True)
