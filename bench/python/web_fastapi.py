"""A tree of scikit-learn behind FastAPI and uvicorn: fits Iris when it starts, predicts a request at a time."""

import socket

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

iris = load_iris()
tree = DecisionTreeClassifier(random_state=0).fit(iris.data, iris.target)
app = FastAPI()


class Row(BaseModel):
    data: list[float]


@app.post("/serve_decision_tree")
async def serve(row: Row):
    return {"prediction": str(iris.target_names[tree.predict([row.data])[0]])}


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])
