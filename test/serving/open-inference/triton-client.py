"""Asks a server through Triton's own client and prints what it understood, as one JSON document."""
import json
import sys

import numpy as np
import tritonclient.http as triton

client = triton.InferenceServerClient(sys.argv[1])
rows = np.array(json.loads(sys.argv[2]))


def ask(datatype, **version):
    tensor = triton.InferInput("rows", list(rows.shape), datatype)
    tensor.set_data_from_numpy(rows.astype({"FP64": np.float64, "FP32": np.float32}[datatype]), binary_data=False)
    wanted = [triton.InferRequestedOutput(name, binary_data=False) for name in ("predict", "predict_proba")]
    answer = client.infer("decisiontree", [tensor], outputs=wanted, **version)
    return {
        "version": answer.get_response()["model_version"],
        "predict": [str(each) for each in answer.as_numpy("predict")],
        "proba": answer.as_numpy("predict_proba").tolist(),
    }


def refusal():
    tensor = triton.InferInput("rows", [1, 3], "FP64")
    tensor.set_data_from_numpy(np.zeros((1, 3)), binary_data=False)
    try:
        client.infer("decisiontree", [tensor])
    except triton.InferenceServerException as error:
        return str(error)


print(json.dumps({
    "live": client.is_server_live(),
    "ready": client.is_server_ready() and client.is_model_ready("decisiontree"),
    "versions": client.get_model_metadata("decisiontree")["versions"],
    "double": ask("FP64"),
    "float": ask("FP32"),
    "first": ask("FP64", model_version="1"),
    "refusal": refusal(),
}))
