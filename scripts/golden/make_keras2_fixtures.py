#!/usr/bin/env python3
"""Lays out .h5 files as Keras 2 does, with h5py and from Keras 2's source alone (hdf5_format.py): Keras 2 itself did not write them.

Usage: python3 scripts/golden/make_keras2_fixtures.py engine/formats/src/test/resources/dev/sinter/formats
keras2.h5: Keras 2.15, optimizer with a learning rate; keras2old.h5: before 2.11, slot by slot; keras2.npz: weights, inputs x, outputs y.
"""
import json
import os
import sys

import h5py
import numpy as np

random = np.random.default_rng(5)
WEIGHTS = {
    "dense/kernel:0": random.normal(size=(6, 4)).astype("float32"),
    "dense/bias:0": random.normal(size=4).astype("float32"),
    "dense_1/kernel:0": random.normal(size=(4, 3)).astype("float32"),
    "dense_1/bias:0": random.normal(size=3).astype("float32"),
}


def dense(name, units, activation, **more):
    return {
        "class_name": "Dense",
        "config": {
            "name": name, "trainable": True, "dtype": "float32", "units": units, "activation": activation, "use_bias": True,
            "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
            "bias_initializer": {"class_name": "Zeros", "config": {}},
            "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
            "kernel_constraint": None, "bias_constraint": None, **more,
        },
    }


def write(path, version, optimizer, variables):
    model = {
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": [
            {"class_name": "InputLayer", "config": {
                "batch_input_shape": [None, 6], "dtype": "float32", "sparse": False, "ragged": False, "name": "dense_input"}},
            dense("dense", 4, "relu", batch_input_shape=[None, 6]),
            dense("dense_1", 3, "softmax"),
        ]},
    }
    metric = {"class_name": "MeanMetricWrapper",
              "config": {"name": "accuracy", "dtype": "float32", "fn": "sparse_categorical_accuracy"}}
    training = {
        "loss": "sparse_categorical_crossentropy", "metrics": [[metric]], "weighted_metrics": None, "loss_weights": None,
        "optimizer_config": optimizer,
    }
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(model).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([b"dense", b"dense_1"])
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = version.encode()
        for layer in ("dense", "dense_1"):
            own = group.create_group(layer)
            names = [name for name in WEIGHTS if name.startswith(layer + "/")]
            own.attrs["weight_names"] = np.array([name.encode() for name in names])
            for name in names:
                own.create_dataset(name, data=WEIGHTS[name])
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = np.array([name.encode() for name in variables])
        for name, value in variables.items():
            group.create_dataset(name, data=value)


def main(folder):
    m = {name: np.full_like(value, 0.25) for name, value in WEIGHTS.items()}
    v = {name: np.full_like(value, 0.5) for name, value in WEIGHTS.items()}
    adam = {"learning_rate": 0.002, "decay": 0.0, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}
    newer = {"Adam/iteration:0": np.int64(12), "Adam/learning_rate:0": np.float32(0.002)}
    for name in WEIGHTS:
        newer["Adam/m/" + name] = m[name]
        newer["Adam/v/" + name] = v[name]
    write(os.path.join(folder, "keras2.h5"), "2.15.0",
          {"class_name": "Custom>Adam", "config": {"name": "Adam", "weight_decay": None, "clipnorm": None, "jit_compile": False, **adam}},
          newer)
    older = {"training/Adam/iter:0": np.int64(12)}
    older.update({"training/Adam/" + name.replace(":0", "/m:0"): m[name] for name in WEIGHTS})
    older.update({"training/Adam/" + name.replace(":0", "/v:0"): v[name] for name in WEIGHTS})
    write(os.path.join(folder, "keras2old.h5"), "2.4.0", {"class_name": "Adam", "config": {"name": "Adam", **adam}}, older)
    x = random.random((8, 6)).astype("float32")
    hidden = np.maximum(x @ WEIGHTS["dense/kernel:0"] + WEIGHTS["dense/bias:0"], 0)
    logits = hidden @ WEIGHTS["dense_1/kernel:0"] + WEIGHTS["dense_1/bias:0"]
    shares = np.exp(logits - logits.max(1, keepdims=True))
    np.savez(os.path.join(folder, "keras2.npz"), x=x, y=(shares / shares.sum(1, keepdims=True)).astype("float32"),
             **{name[:-2]: value for name, value in WEIGHTS.items()})


if __name__ == "__main__":
    main(sys.argv[1])
