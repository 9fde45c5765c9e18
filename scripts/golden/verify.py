"""The checks behind make_golden.py --check.

Each prints what it compared and returns the number of failures.
"""

import json
import math

import numpy as np

import keras64

STEP = 1e-6  # of the central differences
GRADIENT_TOLERANCE = 1e-7  # absolute and relative; about STEP^2 and eps/STEP
# Recomputed values may differ this much from the committed ones: another
# machine's exp or matrix product can round its last bits differently.
SAME = 1e-11


def report(what, error, tolerance):
    ok = error <= tolerance
    print(f"{'ok  ' if ok else 'FAIL'} {what}: {error:.1e} ({tolerance:.0e})")
    return 0 if ok else 1


def relative_error(actual, expected):
    """Largest |a - e| / max(1, |e|); infinite if anything is NaN."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    error = np.abs(actual - expected) / np.maximum(1, np.abs(expected))
    return float(error.max()) if np.isfinite(error).all() else math.inf


def numeric_gradient(function, x):
    """Central differences of a scalar function; x is changed and restored."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        saved = x[i]
        x[i] = saved + STEP
        above = function()
        x[i] = saved - STEP
        below = function()
        x[i] = saved
        gradient[i] = (above - below) / (2 * STEP)
    return gradient


# --- Gradients --------------------------------------------------------------


def gradients():
    """Compares every gradient of keras64 with finite differences."""
    random = np.random.RandomState(21)
    failures = 0
    for name in keras64.ACTIVATIONS:
        failures += activation_gradient(random, name)
    for loss in ("binary_crossentropy", *keras64.CROSS_ENTROPIES):
        failures += loss_gradient(random, loss, keras64.loss_from_logits)
    for loss in ("binary_crossentropy", "mean_squared_error",
                 *keras64.CROSS_ENTROPIES):
        failures += loss_gradient(random, loss, keras64.loss_from_predictions)
        for last in keras64.ACTIVATIONS:
            if last != "linear" or loss == "mean_squared_error":
                failures += network_gradient(random, loss, last)
    return failures


def activation_gradient(random, name):
    z = random.uniform(-3, 3, size=(4, 5))
    upstream = random.uniform(-1, 1, size=z.shape)
    forward = keras64.ACTIVATIONS[name]
    numeric = numeric_gradient(lambda: (forward(z) * upstream).sum(), z)
    analytic = keras64.BACKWARD[name](forward(z), upstream)
    return report(f"gradient of {name}", relative_error(analytic, numeric),
                  GRADIENT_TOLERANCE)


def some_labels(random, loss, batch, classes):
    if loss.startswith("sparse"):
        return random.randint(0, classes, size=batch)
    return random.uniform(0, 1, size=(batch, classes))


def loss_gradient(random, loss, function):
    p = random.uniform(0.2, 0.8, size=(4, 5))
    labels = some_labels(random, loss, 4, 5)
    numeric = numeric_gradient(lambda: function(loss, p, labels)[0], p)
    return report(f"gradient of {loss}, {function.__name__}",
                  relative_error(function(loss, p, labels)[1], numeric),
                  GRADIENT_TOLERANCE)


def network_gradient(random, loss, last):
    """All weights of a 5-6-3 network; positive last kernels suit the logs."""
    weights = keras64.glorot_weights(random, [5, 6, 3])
    weights["dense_1/kernel"] = random.uniform(0.05, 0.15, size=(6, 3))
    network = keras64.DenseNetwork(weights, ["sigmoid", last], loss)
    x = random.uniform(-1, 1, size=(7, 5))
    y = some_labels(random, loss, 7, 3)
    analytic = network.gradients(x, y)[2]
    error = max(
        relative_error(
            a, numeric_gradient(lambda: network.gradients(x, y)[0], w))
        for a, w in zip(analytic, network.weights.values()))
    return report(f"gradient of a network, {last}, {loss}", error,
                  GRADIENT_TOLERANCE)


# --- Optimizers -------------------------------------------------------------

G, W = 0.5, 2.0
# The weight W after steps with gradient G, worked out by hand.
FIRST_STEPS = [
    ("sgd", {}, 1, W - 0.01 * G),
    ("sgd", {"momentum": 0.9}, 2, W - 0.01 * G * (1 + 1.9)),
    ("sgd", {"momentum": 0.9, "nesterov": True}, 1, W - 0.01 * G * 1.9),
    ("sgd", {"momentum": 0.9, "nesterov": True}, 2,
     W - 0.01 * G * (1.9 + 0.9 * 1.9 + 1)),
    ("rmsprop", {}, 1, W - 0.001 * G / math.sqrt(0.1 * G * G + 1e-7)),
    ("rmsprop", {"centered": True}, 1,
     W - 0.001 * G / math.sqrt(0.1 * G * G - 0.01 * G * G + 1e-7)),
    ("adam", {}, 1, W - 0.001 * G / (G + 1e-7 / math.sqrt(0.001))),
    ("adam", {"amsgrad": True}, 1,
     W - 0.001 * G / (G + 1e-7 / math.sqrt(0.001))),
    ("adamw", {}, 1,
     W * (1 - 0.004 * 0.001) - 0.001 * G / (G + 1e-7 / math.sqrt(0.001))),
]


def first_steps():
    failures = 0
    for name, config, steps, expected in FIRST_STEPS:
        weight = np.array([W])
        optimizer = keras64.OPTIMIZERS[name](**config)
        for _ in range(steps):
            optimizer.apply([weight], [np.array([G])])
        failures += report(f"{steps} steps of {name} {config}",
                           relative_error(weight, [expected]), 1e-14)
    return failures


# --- Files ------------------------------------------------------------------


def difference(actual, expected):
    """Largest relative difference of the numbers in two JSON values.

    Infinite where anything else differs.
    """
    if type(actual) is not type(expected):
        return math.inf
    if isinstance(actual, dict):
        if list(actual) != list(expected):
            return math.inf
        return max((difference(actual[k], expected[k]) for k in actual),
                   default=0)
    if isinstance(actual, list):
        if len(actual) != len(expected):
            return math.inf
        return max(map(difference, actual, expected), default=0)
    if isinstance(actual, float):
        return abs(actual - expected) / max(1, abs(expected))
    return 0 if actual == expected else math.inf


def committed(path, content):
    """Compares a file with what the script makes now."""
    if not path.exists():
        print(f"FAIL {path.name}: missing")
        return 1
    if path.read_bytes() == content.encode():
        print(f"ok   {path.name}: identical")
        return 0
    error = difference(json.loads(path.read_text()), json.loads(content))
    return report(f"{path.name}: differs", error, SAME)


def float32(expected, actual):
    """Float32 arithmetic must reach the golden trajectories.

    That shows the cases are well conditioned: no prediction so near a tie or
    a threshold that rounding could change an accuracy.
    """
    error = max(map(difference, actual, expected))
    return report("trajectory.json in float32 arithmetic", error, 1e-5)
