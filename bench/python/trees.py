"""Fits and asks trees for benches: one JSON order a line on standard input, one JSON answer a line.

{"load": name, "folder": path, "columns": n}                      float64 columns and uint32 classes from files
{"fit": "sklearn" | "lightgbm", "on": name, "repeat": n, "from": row, "to": row, ...}     milliseconds a fit, and the share of rows it gets right
{"predict": "sklearn", "on": name}                                rows per second of the last fitted tree
"""

import json
import sys
import time

import numpy as np

sets = {}
fitted = {}


def load(order):
    folder, name = order["folder"], order["load"]
    columns = [np.fromfile(f"{folder}/{name}.{i}.f64") for i in range(order["columns"])]
    # What a user hands over: scikit-learn wants float32 row-major and converts anything else on its own time.
    x = np.ascontiguousarray(np.stack(columns, axis=1).astype(np.float32))
    y = np.fromfile(f"{folder}/{name}.classes.u32", dtype=np.uint32).astype(np.int64)
    sets[name] = (x, y)
    return {"rows": len(y)}


def sklearn_tree(order):
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        max_depth=order.get("maxDepth"),
        max_leaf_nodes=order.get("maxLeaves"),
        random_state=0,
    )


def lightgbm_tree(order):
    import lightgbm

    def fit(x, y):
        classes = int(y.max()) + 1
        parameters = {
            "objective": "multiclass" if classes > 2 else "binary",
            "num_leaves": order.get("maxLeaves", 255),
            "max_bin": order.get("maxBins", 255),
            "min_data_in_leaf": 1,
            "min_sum_hessian_in_leaf": 0,
            "num_threads": 1,
            "verbose": -1,
        }
        if classes > 2:
            parameters["num_class"] = classes
        return lightgbm.train(parameters, lightgbm.Dataset(x, label=y), num_boost_round=1)

    return fit


def fit(order):
    x, y = sets[order["on"]]
    if "from" in order:
        x, y = x[order["from"] : order["to"]], y[order["from"] : order["to"]]
    repeat = order.get("repeat", 1)
    if order["fit"] == "lightgbm":
        train = lightgbm_tree(order)
    else:
        train = lambda x, y: sklearn_tree(order).fit(x, y)
    begun = time.perf_counter()
    for _ in range(repeat):
        model = train(x, y)
    ms = (time.perf_counter() - begun) * 1000 / repeat
    answer = {"ms": ms}
    if order["fit"] == "sklearn":
        fitted[order["on"]] = model
        if order.get("score"):
            answer["hits"] = int((model.predict(x) == y).sum())
        if order.get("splits"):
            answer["feature"] = model.tree_.feature.tolist()
            answer["threshold"] = model.tree_.threshold.tolist()
            answer["left"] = model.tree_.children_left.tolist()
            answer["right"] = model.tree_.children_right.tolist()
    elif order.get("score"):
        raw = model.predict(x)
        predicted = raw.argmax(axis=1) if raw.ndim == 2 else (raw > 0.5).astype(int)
        answer["hits"] = int((predicted == y).sum())
    return answer


def predict(order):
    x, _ = sets[order["on"]]
    begun = time.perf_counter()
    fitted[order["on"]].predict(x)
    return {"rowsPerSecond": len(x) / (time.perf_counter() - begun)}


ORDERS = {"load": load, "fit": fit, "predict": predict}

for line in sys.stdin:
    order = json.loads(line)
    act = next(ORDERS[verb] for verb in ORDERS if verb in order)
    print(json.dumps(act(order)), flush=True)
