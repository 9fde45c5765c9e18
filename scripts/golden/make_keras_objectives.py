#!/usr/bin/env python3
"""Records losses and metrics of Keras itself (seen: 3.15.1 on JAX), in float64.

Usage: KERAS_BACKEND=jax python3 scripts/golden/make_keras_objectives.py
Writes keras_losses.json, keras_metrics.json and keras_weights.json beside the other golden values.
"""
import os
import re

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax

jax.config.update("jax_enable_x64", True)

import keras
import numpy as np

import make_golden

keras.config.set_floatx("float64")
losses, metrics = keras.losses, keras.metrics


def write(name, cases):
    content = {"made_by": "scripts/golden/make_keras_objectives.py", "cases": cases}
    text = make_golden.to_json(content) + "\n"
    (make_golden.FOLDER / name).write_text(text)
    print(f"{name}: {len(text)} bytes")


# --- Losses: value and gradient of the mean over five samples ----------------

CLASSES, ONE_HOT, SHARES, REAL, POSITIVE, SIDES = "class one_hot share real positive side".split()

LOSSES = [
    (losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES, REAL),
    (losses.CategoricalCrossentropy(from_logits=True), ONE_HOT, REAL),
    (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), ONE_HOT, REAL),
    (losses.CategoricalCrossentropy(label_smoothing=0.3), ONE_HOT, SHARES),
    (losses.BinaryCrossentropy(from_logits=True), SHARES, REAL),
    (losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2), SHARES, REAL),
    (losses.BinaryCrossentropy(label_smoothing=0.2), SHARES, SHARES),
    (losses.BinaryFocalCrossentropy(), SHARES, SHARES),
    (losses.BinaryFocalCrossentropy(gamma=1.5, apply_class_balancing=True, alpha=0.3), SHARES, SHARES),
    (losses.BinaryFocalCrossentropy(from_logits=True, label_smoothing=0.1), SHARES, REAL),
    (losses.MeanAbsoluteError(), REAL, REAL),
    (losses.MeanAbsolutePercentageError(), REAL, REAL),
    (losses.MeanSquaredLogarithmicError(), POSITIVE, REAL),
    (losses.Huber(), REAL, REAL),
    (losses.Huber(delta=0.25), REAL, REAL),
    (losses.LogCosh(), REAL, REAL),
    (losses.KLDivergence(), SHARES, SHARES),
    (losses.Poisson(), POSITIVE, POSITIVE),
    (losses.Hinge(), SIDES, REAL),
    (losses.SquaredHinge(), SHARES, REAL),
    (losses.CategoricalHinge(), ONE_HOT, REAL),
]


def numbers(random, kind, shape):
    if kind == CLASSES:
        return random.integers(0, shape[1], shape[0])
    if kind == ONE_HOT:
        return np.eye(shape[1])[random.integers(0, shape[1], shape[0])]
    if kind == SIDES:
        return random.integers(0, 2, shape) * 2.0 - 1
    if kind == SHARES:  # labels 0 and 1, outputs between: see below
        return random.uniform(0.02, 0.98, shape)
    low = 0.05 if kind == POSITIVE else -2
    return random.uniform(low, 3, shape)


def options(config, names):
    return {name: config[name] for name in names if config.get(name) not in (None, False, 0.0)}


def loss_case(random, loss, labels, outputs, shape):
    config = {**loss._fn_kwargs, **loss.get_config()}  # its config lacks the delta of Huber
    p = make_golden.exact(numbers(random, outputs, shape))
    y = numbers(random, labels, shape)
    if labels == SHARES and "kl" not in config["name"]:
        y = np.round(y)
    y = make_golden.exact(y)

    def mean(predictions):
        return loss(np.asarray(y), predictions)

    value, gradient = jax.value_and_grad(mean)(np.asarray(p))
    chosen = options(config, ["from_logits", "label_smoothing", "gamma", "delta"])
    if config.get("apply_class_balancing"):
        chosen["alpha"] = config["alpha"]
    return {
        "loss": config["name"], "config": chosen, "shape": list(shape), "predictions": p, "labels": y,
        "loss_value": make_golden.rounded(value), "gradient": make_golden.rounded(gradient),
    }


def all_losses():
    random = np.random.default_rng(16)
    cases = []
    for loss, labels, outputs in LOSSES:
        cases.append(loss_case(random, loss, labels, outputs, (5, 3)))
    return cases


# --- Metrics: over three batches, with weights and without -------------------

BATCHES = [6, 6, 3]

METRICS = [
    (metrics.TopKCategoricalAccuracy, {"k": 2}, ONE_HOT, 4),
    (metrics.SparseTopKCategoricalAccuracy, {"k": 3}, CLASSES, 4),
    (metrics.Precision, {}, SHARES, 1),
    (metrics.Precision, {"thresholds": 0.3, "class_id": 1}, SHARES, 3),
    (metrics.Recall, {}, SHARES, 3),
    (metrics.Recall, {"thresholds": 0.7}, SHARES, 1),
    (metrics.F1Score, {"average": "macro"}, ONE_HOT, 3),
    (metrics.F1Score, {"average": "micro"}, ONE_HOT, 3),
    (metrics.F1Score, {"average": "weighted"}, ONE_HOT, 3),
    (metrics.F1Score, {"average": "macro", "threshold": 0.4}, SHARES, 3),
    (metrics.F1Score, {"average": "weighted", "threshold": 0.5}, SHARES, 1),
    (metrics.AUC, {}, SHARES, 1),
    (metrics.AUC, {"curve": "PR"}, SHARES, 1),
    (metrics.AUC, {"num_thresholds": 20}, SHARES, 3),
    (metrics.AUC, {"curve": "PR", "num_thresholds": 7}, ONE_HOT, 3),
    (metrics.AUC, {"num_thresholds": 9, "from_logits": True}, SHARES, 2),
    (metrics.MeanAbsoluteError, {}, REAL, 2),
    (metrics.RootMeanSquaredError, {}, REAL, 2),
    (metrics.R2Score, {}, REAL, 2),
    (metrics.CosineSimilarity, {}, REAL, 3),
    (metrics.MeanAbsolutePercentageError, {}, REAL, 2),
    (metrics.MeanSquaredLogarithmicError, {}, REAL, 2),
    (metrics.LogCoshError, {}, REAL, 2),
    (metrics.KLDivergence, {}, SHARES, 3),
    (metrics.Poisson, {}, POSITIVE, 2),
    (metrics.Hinge, {}, SIDES, 2),
    (metrics.SquaredHinge, {}, SIDES, 2),
]


def metric_case(random, kind, config, labels, outputs):
    rows = sum(BATCHES)
    source = {ONE_HOT: SHARES, CLASSES: SHARES, SIDES: REAL}.get(labels, labels)
    p = make_golden.exact(numbers(random, source, (rows, outputs)))
    y = numbers(random, labels, (rows, outputs))
    if labels == SHARES and kind is not metrics.KLDivergence:
        y = np.round(y)
    y = make_golden.exact(y)
    weights = make_golden.exact(random.uniform(0, 3, rows))
    values = []
    for weighted in (False, True):
        metric = kind(**config)
        start = 0
        for batch in BATCHES:
            part = slice(start, start + batch)
            w = np.asarray(weights)[part] if weighted else None
            metric.update_state(np.asarray(y)[part], np.asarray(p)[part], sample_weight=w)
            start += batch
        values.append(make_golden.rounded(metric.result()))
    name = re.sub(r"_\d+$", "", kind(**config).name)
    return {
        "metric": name, "config": config, "outputs": outputs, "predictions": p, "labels": y,
        "weights": weights, "value": values[0], "weighted_value": values[1],
    }


def all_metrics():
    random = np.random.default_rng(17)
    return [metric_case(random, *case) for case in METRICS]


# --- Trainings with weights --------------------------------------------------

CLASS_WEIGHT = {0: 0.5, 2: 3.0}


def training_case(random, kind):
    rows, features, classes = 10, 4, 3
    x = make_golden.exact(random.uniform(-1, 1, (rows, features)))
    y = (np.arange(rows) % classes).tolist()
    weights = make_golden.exact(random.uniform(0, 3, rows))
    kernel = make_golden.exact(random.uniform(-1, 1, (features, classes)))
    dense = keras.layers.Dense(classes, use_bias=False, activation="softmax")
    model = keras.Sequential([keras.Input((features,)), dense])
    dense.set_weights([np.asarray(kernel)])
    model.compile(
        keras.optimizers.SGD(0.5), keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"], weighted_metrics=["accuracy"])
    arguments = {"class_weight": CLASS_WEIGHT} if kind == "class" else {"sample_weight": np.asarray(weights)}
    history = model.fit(
        np.asarray(x), np.asarray(y), epochs=2, batch_size=4, shuffle=False, verbose=0,
        validation_data=(np.asarray(x), np.asarray(y), np.asarray(weights)), **arguments).history
    return {
        "kind": kind, "x": x, "y": y, "weights": weights, "kernel": kernel,
        "final_kernel": make_golden.rounded(dense.get_weights()[0]),
        "history": {name: make_golden.rounded(values) for name, values in history.items()},
    }


def all_trainings():
    random = np.random.default_rng(18)
    return [training_case(random, kind) for kind in ("class", "sample")]


if __name__ == "__main__":
    write("keras_losses.json", all_losses())
    write("keras_metrics.json", all_metrics())
    write("keras_weights.json", all_trainings())
