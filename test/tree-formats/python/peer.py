"""Reads and makes trees with the programs that the formats belong to: one JSON order a line on standard input, one
JSON answer a line.

{"verb": "onnx", "file": path, "type": "float32" | "float64", "rows": [[...]]}      labels and probabilities of each row
{"verb": "pmml", "file": path, "features": [...], "classes": [...], "rows": [[...]]} likewise, by a JVM
{"verb": "sklearn", "file": path, ...}                                               fits a tree and writes it by skl2onnx
{"verb": "xml", "text": text}                                                        the texts of an XML document's elements
{"verb": "dot", "text": text}                                                        the labels of a DOT graph's nodes
"""

import json
import os
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np

backend = None


def onnx(order):
    import onnx as package
    import onnxruntime

    model = package.load(order["file"])
    if not order.get("repair", False):
        package.checker.check_model(model, full_check=True)
    else:
        # skl2onnx declares doubles where the operator gives floats, and onnxruntime refuses to load that.
        for output in model.graph.output:
            if output.type.tensor_type.elem_type == package.TensorProto.DOUBLE:
                output.type.tensor_type.elem_type = package.TensorProto.FLOAT
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    # All at once, and the first few one by one: the runtime has different code for a single row.
    rows = np.array(order["rows"], dtype=order["type"])
    labels, probabilities = session.run(None, {name: rows})[:2]
    single = [session.run(None, {name: rows[i : i + 1]})[0][0] for i in range(min(200, len(rows)))]
    assert [str(label) for label in single] == [str(label) for label in labels[: len(single)]]
    if not isinstance(probabilities, np.ndarray):
        probabilities = np.array([[share for _, share in sorted(row.items())] for row in probabilities])
    properties = {entry.key: entry.value for entry in model.metadata_props}
    return {
        "labels": [str(label) for label in labels],
        "probabilities": probabilities.astype(float).tolist(),
        "properties": properties,
        "outputs": [output.name for output in session.get_outputs()],
    }


def pmml(order):
    global backend
    from jpmml_evaluator import make_evaluator

    if backend is None:
        from jpmml_evaluator import _classpath
        from jpmml_evaluator.py4j import Py4JBackend
        from py4j.java_gateway import JavaGateway

        # The JVM ends with this program, however that ends.
        gateway = JavaGateway.launch_gateway(classpath=os.pathsep.join(_classpath([])), die_on_exit=True)
        backend = Py4JBackend(gateway)
    evaluator = make_evaluator(order["file"], backend=backend)
    evaluator.verify()
    names = order["features"]
    labels, probabilities = [], []
    import pandas

    frame = pandas.DataFrame(order["rows"], columns=names, dtype=float)
    results = evaluator.evaluateAll(frame)
    target = evaluator.getTargetFields()[0].getName()
    outputs = [field.getName() for field in evaluator.getOutputFields()]
    return {
        "labels": [str(label) for label in results[target].tolist()],
        "probabilities": results[outputs].astype(float).values.tolist(),
        "target": target,
        "outputs": outputs,
    }


def sklearn(order):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
    from sklearn.tree import DecisionTreeClassifier

    random = np.random.default_rng(order["seed"])
    rows = random.normal(size=(order["rows"], order["features"])) * 10
    rows[:, ::2] = np.round(rows[:, ::2], 1)
    labels = np.array(order["labels"])[random.integers(len(order["labels"]), size=len(rows))]
    weights = random.uniform(0.1, 1, size=len(rows)) if order.get("weighted", False) else None
    tree = DecisionTreeClassifier(random_state=order["seed"], **order["limits"])
    tree.fit(rows, labels, sample_weight=weights)
    kind = FloatTensorType if order["type"] == "float32" else DoubleTensorType
    options = {} if order.get("zipmap", False) else {id(tree): {"zipmap": False}}
    model = convert_sklearn(tree, initial_types=[("X", kind([None, order["features"]]))], options=options)
    with open(order["file"], "wb") as file:
        file.write(model.SerializeToString())
    asked = random.normal(size=(order["ask"], order["features"])) * 10
    # Half of the rows have a value at a threshold or next to it, as a double and as a float32.
    splits = np.flatnonzero(tree.tree_.feature >= 0)
    if len(splits) > 0:
        for i in range(0, len(asked), 2):
            node = splits[random.integers(len(splits))]
            threshold = tree.tree_.threshold[node]
            near = np.float32(threshold)
            values = [
                threshold,
                np.nextafter(threshold, np.inf),
                np.nextafter(threshold, -np.inf),
                float(near),
                float(np.nextafter(near, np.float32(np.inf))),
                float(np.nextafter(near, np.float32(-np.inf))),
                (float(near) + float(np.nextafter(near, np.float32(np.inf)))) / 2,
            ]
            asked[i, tree.tree_.feature[node]] = values[random.integers(len(values))]
    if order["ask_as"] == "float32":
        asked = asked.astype(np.float32).astype(np.float64)
    return {
        "rows": asked.tolist(),
        "classes": [str(label) for label in tree.classes_],
        "labels": [str(label) for label in tree.predict(asked)],
        "probabilities": tree.predict_proba(asked).tolist(),
        "leaves": int(tree.tree_.n_leaves),
    }


def refused(order):
    """Models that are no single classification tree."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    random = np.random.default_rng(1)
    rows = random.normal(size=(60, 2))
    labels = random.integers(3, size=60)
    models = {
        "forest": RandomForestClassifier(n_estimators=3),
        "regressor": DecisionTreeRegressor(),
        "linear": LogisticRegression(),
        "scaled": make_pipeline(StandardScaler(), DecisionTreeClassifier()),
    }
    model = models[order["model"]].fit(rows, labels)
    converted = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, 2]))])
    with open(order["file"], "wb") as file:
        file.write(converted.SerializeToString())
    return {}


def xml(order):
    root = ElementTree.fromstring(order["text"])
    return {"texts": [[element.tag.split("}")[-1], element.text or ""] for element in root.iter()]}


def dot(order):
    import pydot

    (graph,) = pydot.graph_from_dot_data(order["text"])
    return {"labels": [node.get_label() for node in graph.get_nodes() if node.get_name().isdigit()], "edges": len(graph.get_edges())}


VERBS = {"onnx": onnx, "pmml": pmml, "sklearn": sklearn, "refused": refused, "xml": xml, "dot": dot}

for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = VERBS[order["verb"]](order)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)

if backend is not None:
    backend.gateway.shutdown()
