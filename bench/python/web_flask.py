"""A tree of scikit-learn behind Flask's development server: fits Iris when it starts, predicts a request at a time."""

import sys

from flask import Flask, jsonify, request
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

iris = load_iris()
tree = DecisionTreeClassifier(random_state=0).fit(iris.data, iris.target)
app = Flask(__name__)


@app.post("/serve_decision_tree")
def serve():
    row = request.get_json()["data"]
    return jsonify({"prediction": str(iris.target_names[tree.predict([row])[0]])})


if __name__ == "__main__":
    import logging

    from werkzeug.serving import WSGIRequestHandler, make_server

    # A line of log a request would measure the terminal; HTTP/1.1 lets a client keep its connection, as ours do.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.exit(server.serve_forever())
