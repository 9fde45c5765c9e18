"""Writes the ONNX files that OnnxImportTest reads, with the onnx package: graphs as tf2onnx and torch.onnx write them.

Run from the project's root: python3 scripts/golden/make_onnx_fixtures.py
With files as arguments, checks them with onnx.checker (full_check) instead: a check of what Sinter wrote.
Every graph maps x = [1, 2, 3] to known numbers: z = x K + b with K = [[1, -1], [2, -2], [3, -3]], b = [0.5, 0.25], so z = [14.5, -13.75].
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, checker, helper, numpy_helper

if len(sys.argv) > 1:
    for name in sys.argv[1:]:
        checker.check_model(name, full_check=True)
        model = onnx.load(name)
        print(name, "valid, ir", model.ir_version, "opset", model.opset_import[0].version, [node.op_type for node in model.graph.node])
    sys.exit()

folder = pathlib.Path("engine/formats/src/test/resources/onnx")
folder.mkdir(parents=True, exist_ok=True)
kernel = np.array([[1, -1], [2, -2], [3, -3]], "float32")
bias = np.array([0.5, 0.25], "float32")


def save(name, nodes, initializers, shape=("N", 3), kind=TensorProto.FLOAT, opset=13, producer="onnx"):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", kind, list(shape))],
        [helper.make_tensor_value_info("y", kind, ["N", 2])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name=producer, ir_version=7)
    checker.check_model(model, full_check=True)
    onnx.save(model, folder / f"{name}.onnx")


def raw(array, name):
    return numpy_helper.from_array(array, name)


node = helper.make_node
prefix = "StatefulPartitionedCall/sequential/dense/"
for name, order in [("matmul-add", [prefix + "MatMul:0", "b"]), ("add-matmul", ["b", prefix + "MatMul:0"])]:
    save(
        name,
        [
            node("MatMul", ["x", "k"], [prefix + "MatMul:0"], prefix + "MatMul"),
            node("Add", order, [prefix + "BiasAdd:0"], prefix + "BiasAdd"),
            node("Relu", [prefix + "BiasAdd:0"], ["y"], prefix + "Relu"),
        ],
        [raw(kernel, "k"), raw(bias, "b")],
        producer="tf2onnx",
    )
save(
    "torch-linear",
    [node("Flatten", ["x"], ["f"], "/Flatten", axis=1), node("Gemm", ["f", "fc1.weight", "fc1.bias"], ["y"], "/fc1/Gemm", alpha=1.0, beta=1.0, transB=1)],
    [raw(np.ascontiguousarray(kernel.T), "fc1.weight"), raw(bias, "fc1.bias")],
    shape=("N", 1, 3),
    producer="pytorch",
)
save(
    "alpha-beta",
    [node("Gemm", ["x", "fc.weight", "fc.bias"], ["z"], alpha=0.5, beta=0.25), node("Identity", ["z"], ["y"])],
    [raw(kernel * 2, "fc.weight"), raw(bias[None] * 4, "fc.bias")],
)
save(
    "float-data",
    [node("Gemm", ["x", "k", "b"], ["y"])],
    [helper.make_tensor("k", TensorProto.FLOAT, [3, 2], kernel.ravel().tolist()), helper.make_tensor("b", TensorProto.FLOAT, [2], bias.tolist())],
)
save(
    "double-data",
    [node("Gemm", ["x", "k", "b"], ["y"])],
    [helper.make_tensor("k", TensorProto.DOUBLE, [3, 2], kernel.ravel().tolist()), raw(bias.astype("float64"), "b")],
    kind=TensorProto.DOUBLE,
)
save(
    "constants",
    [
        node("Constant", [], ["k"], value=raw(kernel, "")),
        node("Constant", [], ["b"], value=raw(bias, "")),
        node("Gemm", ["x", "k", "b"], ["y"], "fc"),
    ],
    [],
)
save("refused-leaky-relu", [node("MatMul", ["x", "k"], ["z"]), node("LeakyRelu", ["z"], ["y"], "leak")], [raw(kernel, "k")])
save(
    "refused-branch",
    [node("MatMul", ["x", "k"], ["a"], "left"), node("MatMul", ["x", "k"], ["b"], "right"), node("Add", ["a", "b"], ["y"], "sum")],
    [raw(kernel, "k")],
)
external = raw(kernel, "k")
external.ClearField("raw_data")
external.data_location = TensorProto.EXTERNAL
external.external_data.add(key="location", value="../../secret")
graph = helper.make_graph(
    [node("MatMul", ["x", "k"], ["y"], "fc")],
    "graph",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 2])],
    [external],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
(folder / "refused-external.onnx").write_bytes(model.SerializeToString())
