#!/usr/bin/env python3
"""Writes the golden values that Sinter's tests compare with.

    make_golden.py            writes the JSON files
    make_golden.py --check    verifies keras64.py and the committed files

Inputs are float32 values written as doubles, so that a float32 engine starts
from exactly the same numbers. Results are float64, to 13 significant digits.
"""

import argparse
import json
import pathlib
import sys

import numpy as np

import keras64
import verify

FOLDER = (
    pathlib.Path(__file__).resolve().parents[2]
    / "engine/core/src/test/resources/golden"
)
MADE_BY = "scripts/golden/make_golden.py (no arguments)"


# --- JSON -------------------------------------------------------------------


def exact(values):
    """Inputs: rounded to float32, as nested lists of doubles."""
    return np.asarray(values, np.float32).astype(np.float64).tolist()


def rounded(values):
    """Results: 13 significant digits, without negative zeros."""
    values = np.asarray(values, np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a golden value is not finite")
    if values.ndim:
        return [rounded(v) for v in values]
    return float(f"{values:.13g}") + 0.0


def is_row(value):
    """Whether a value is printed on one line."""
    if isinstance(value, dict):
        return all(not isinstance(v, (dict, list)) for v in value.values())
    if isinstance(value, list):
        return all(not isinstance(v, (dict, list)) for v in value)
    return True


def to_json(value, indent=""):
    """JSON with a line for each row of numbers."""
    if is_row(value):
        return json.dumps(value)
    inner = indent + " "
    if isinstance(value, dict):
        items = [f"{json.dumps(k)}: {to_json(v, inner)}"
                 for k, v in value.items()]
        opening, closing = "{", "}"
    else:
        items = [to_json(v, inner) for v in value]
        opening, closing = "[", "]"
    body = (",\n" + inner).join(items)
    return f"{opening}\n{inner}{body}\n{indent}{closing}"


# --- Optimizers -------------------------------------------------------------

OPTIMIZER_CASES = [
    ("sgd", "sgd", {}),
    ("sgd_learning_rate", "sgd", {"learning_rate": 0.25}),
    ("sgd_momentum", "sgd", {"momentum": 0.9}),
    ("sgd_nesterov", "sgd", {"momentum": 0.9, "nesterov": True}),
    ("sgd_nesterov_slow", "sgd",
     {"learning_rate": 0.05, "momentum": 0.5, "nesterov": True}),
    ("rmsprop", "rmsprop", {}),
    ("rmsprop_rho_epsilon", "rmsprop",
     {"learning_rate": 0.01, "rho": 0.75, "epsilon": 1e-3}),
    ("rmsprop_momentum", "rmsprop", {"momentum": 0.9}),
    ("rmsprop_centered", "rmsprop", {"centered": True}),
    ("rmsprop_centered_momentum", "rmsprop",
     {"centered": True, "momentum": 0.5}),
    ("adam", "adam", {}),
    ("adam_betas_epsilon", "adam",
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("adam_amsgrad", "adam", {"amsgrad": True}),
    ("adamw", "adamw", {}),
    ("adamw_weight_decay", "adamw",
     {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("adamw_amsgrad", "adamw", {"amsgrad": True}),
]

DEFAULTS = {
    "sgd": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "rmsprop": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0,
                "epsilon": 1e-7, "centered": False},
    "adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999,
             "epsilon": 1e-7, "amsgrad": False},
    "adamw": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999,
              "epsilon": 1e-7, "amsgrad": False, "weight_decay": 0.004},
}

INITIAL_WEIGHTS = [0.5, -1.25, 0.0, 2.0, 0.0, 0.3, -0.001]
# One row a step. By column: ordinary, always zero, always tiny, always large,
# ordinary from a zero weight, shrinking from large to tiny, growing from zero.
GRADIENTS = [
    [0.1, 0.0, 1e-9, 1e3, -0.3, 1e3, 0.0],
    [-0.2, 0.0, 1e-9, -1e3, 0.2, 1.0, 0.0],
    [0.3, 0.0, -1e-9, 500.0, 0.01, 1e-3, 1e-9],
    [0.05, 0.0, 1e-9, 1e3, -0.07, 1e-6, 1e-4],
    [-0.4, 0.0, 2e-9, -250.0, 0.5, 1e-9, 1.0],
    [0.25, 0.0, 1e-9, 1e3, -1.5, 0.0, 1e3],
]


def optimizer_case(name, optimizer, overrides):
    weights = keras64.to_float(exact(INITIAL_WEIGHTS))
    gradients = exact(GRADIENTS)
    rule = keras64.OPTIMIZERS[optimizer](**overrides)
    after = []
    for gradient in gradients:
        rule.apply([weights], [keras64.to_float(gradient)])
        after.append(rounded(weights))
    return {
        "name": name,
        "optimizer": optimizer,
        "config": {**DEFAULTS[optimizer], **overrides},
        "overrides": overrides,
        "initial_weights": exact(INITIAL_WEIGHTS),
        "gradients": gradients,
        "weights": after,
    }


def optimizers():
    return [optimizer_case(*case) for case in OPTIMIZER_CASES]


# --- Losses -----------------------------------------------------------------

SHAPES = [(1, 1), (1, 2), (1, 10), (5, 1), (5, 2), (5, 10)]
SPARSE, CATEGORICAL = keras64.CROSS_ENTROPIES
BINARY, SQUARED = "binary_crossentropy", "mean_squared_error"


def logits_with_extremes(random, shape):
    """Ordinary logits; in larger batches rows of +-100, of ties, of zeros."""
    z = random.uniform(-4, 4, size=shape)
    if shape[0] > 1:
        z[1] = np.where(np.arange(shape[1]) % 2, -100, 100)
        z[2] = np.where(np.arange(shape[1]) % 2, 100, -100)
        z[3] = 2.5
        z[4] = 0
    return z


def outputs_with_extremes(random, shape, activation):
    """Outputs an activation can give, with 0 and 1 among them.

    No row sums to zero: Keras's categorical cross-entropy is NaN there.
    """
    p = random.uniform(0.05, 0.95, size=shape)
    if activation in ("tanh", "linear"):
        p[:, -1] *= -0.25 if shape[1] > 1 else 1
    if activation in ("relu", "linear"):
        p *= 3
    if activation == "softmax":
        p /= p.sum(axis=1, keepdims=True)
    if shape[0] > 1:
        p[1], p[1, 0] = 0, 1
        p[2], p[2, -1] = 0, 1
        p[3] = 1 / shape[1] if activation == "softmax" else 0.5
    return p


def index_labels(random, shape):
    """Class indices; the extreme rows get their right and a wrong class."""
    labels = random.randint(0, shape[1], size=shape[0])
    labels[1:3] = 0
    return labels


def labels_for(random, loss, shape):
    if loss == SPARSE:
        return index_labels(random, shape).tolist()
    if loss == CATEGORICAL:
        y = np.eye(shape[1])[index_labels(random, shape)]
        if shape == (5, 2):
            y[4] = [0.25, 0.75]  # labels need not be one-hot
        return exact(y)
    if loss == BINARY:
        y = random.randint(0, 2, size=shape).astype(float)
        y[1:3] = 1
        y[4:] = 0.25
        return exact(y)
    return exact(random.uniform(-2, 2, size=shape))


def loss_case(loss, source, activation, predictions, labels):
    shape = predictions.shape
    predictions = exact(predictions)
    case = {
        "name": f"{loss}_{source}_{activation}_{shape[0]}x{shape[1]}",
        "loss": loss,
        "from": source,
        "activation": activation,
        "shape": list(shape),
        "predictions": predictions,
        "labels": labels,
    }
    array = keras64.to_float(predictions)
    if source == "logits":
        value, gradient = keras64.loss_from_logits(loss, array, labels)
    else:
        value, gradient = keras64.loss_from_predictions(loss, array, labels)
    case.update(loss_value=rounded(value), gradient=rounded(gradient))
    if source == "predictions" and loss != SQUARED:
        value, gradient = keras64.loss_from_predictions(
            loss, array, labels, keras64.CLIP_FLOAT32)
        case["float32_clip"] = {
            "loss_value": rounded(value), "gradient": rounded(gradient)}
    return case


def losses():
    random = np.random.RandomState(11)
    cases = []
    for loss in (SPARSE, CATEGORICAL, BINARY):
        activation = "sigmoid" if loss == BINARY else "softmax"
        for shape in SHAPES:
            logits = logits_with_extremes(random, shape)
            labels = labels_for(random, loss, shape)
            cases.append(loss_case(loss, "logits", activation, logits, labels))
    for loss, activation in PREDICTION_FORMS:
        for shape in SHAPES:
            outputs = outputs_with_extremes(random, shape, activation)
            labels = labels_for(random, loss, shape)
            cases.append(
                loss_case(loss, "predictions", activation, outputs, labels))
    return cases


PREDICTION_FORMS = [
    (SPARSE, "sigmoid"), (SPARSE, "relu"),
    (CATEGORICAL, "sigmoid"), (CATEGORICAL, "relu"),
    (CATEGORICAL, "tanh"), (CATEGORICAL, "softmax"),
    (BINARY, "softmax"), (BINARY, "relu"), (BINARY, "linear"),
    (SQUARED, "linear"), (SQUARED, "tanh"),
]


# --- Activations ------------------------------------------------------------

ACTIVATION_INPUTS = [0.0, -0.0, 1e-8, -1e-8, 1e-3, -1e-3, 0.5, -0.5, 1.0, -1.0,
                     2.75, -2.75, 8.0, -8.0, 20.0, -20.0, 100.0, -100.0]


def activation_case(name):
    inputs = exact(ACTIVATION_INPUTS)
    outputs = keras64.ACTIVATIONS[name](keras64.to_float(inputs))
    slopes = keras64.BACKWARD[name](outputs, np.ones_like(outputs))
    return {"activation": name, "inputs": inputs,
            "outputs": rounded(outputs), "derivatives": rounded(slopes)}


def softmax_case(random, logits):
    inputs = exact(logits)
    vectors = exact(random.uniform(-1, 1, size=np.shape(logits)))
    outputs = keras64.softmax(keras64.to_float(inputs))
    products = keras64.softmax_backward(outputs, keras64.to_float(vectors))
    return {"activation": "softmax", "inputs": inputs,
            "outputs": rounded(outputs), "vectors": vectors,
            "jacobian_vector_products": rounded(products)}


def activations():
    random = np.random.RandomState(12)
    cases = [activation_case(n) for n in ("relu", "sigmoid", "tanh", "linear")]
    for shape in SHAPES:
        cases.append(softmax_case(random, logits_with_extremes(random, shape)))
    cases.append(
        softmax_case(random, [[0.0, -0.0, 1e-8, -1e-8, 100.0, -100.0]]))
    return cases


# --- Trajectories -----------------------------------------------------------

SAMPLES, BATCH_SIZE, EPOCHS = 11, 4, 3

NETWORKS = [
    ("sigmoid_softmax_sparse", [5, 4, 3], ["sigmoid", "softmax"], SPARSE),
    ("sigmoid_sigmoid_binary", [6, 5, 1], ["sigmoid", "sigmoid"], BINARY),
    ("tanh_linear_squared", [4, 3, 2], ["tanh", "linear"], SQUARED),
    ("relu_softmax_categorical", [5, 6, 4], ["relu", "softmax"], CATEGORICAL),
    ("relu_sigmoid_categorical", [5, 6, 4], ["relu", "sigmoid"], CATEGORICAL),
]

# Larger rates than the defaults: nine steps have to move the weights.
TRAJECTORY_OPTIMIZERS = [
    ("sgd", "sgd", {"learning_rate": 0.1}),
    ("momentum", "sgd", {"learning_rate": 0.1, "momentum": 0.9}),
    ("nesterov", "sgd",
     {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("rmsprop", "rmsprop", {"learning_rate": 0.01}),
    ("adam", "adam", {"learning_rate": 0.01}),
    ("adamw", "adamw", {"learning_rate": 0.01, "weight_decay": 0.1}),
]


def trajectory_labels(random, loss, classes):
    if loss == SPARSE:
        return random.randint(0, classes, size=SAMPLES).tolist()
    if loss == CATEGORICAL:
        return exact(np.eye(classes)[random.randint(0, classes, size=SAMPLES)])
    if loss == BINARY:
        return exact(random.randint(0, 2, size=(SAMPLES, 1)))
    return exact(random.uniform(-1, 1, size=(SAMPLES, classes)))


def trajectory_weights(random, units):
    """Glorot kernels; biases are random too, so that they take part."""
    weights = keras64.glorot_weights(random, units)
    for name in weights:
        if name.endswith("bias"):
            weights[name] = random.uniform(-0.2, 0.2, size=weights[name].shape)
    return {name: exact(values) for name, values in weights.items()}


def trajectory_run(case, name, optimizer, overrides):
    network = keras64.DenseNetwork(
        case["initial_weights"], case["activations"], case["loss"])
    history = network.fit(
        case["x"], case["y"], keras64.OPTIMIZERS[optimizer](**overrides),
        case["batch_size"], case["epochs"])
    return {
        "name": name,
        "optimizer": optimizer,
        "config": {**DEFAULTS[optimizer], **overrides},
        "final_weights": {n: rounded(w) for n, w in network.weights.items()},
        "losses": rounded(history.loss),
        "accuracies": rounded(history.accuracy),
        "batch_losses": rounded(history.batch_loss),
    }


def trajectory_case(random, name, units, functions, loss):
    case = {
        "name": name, "units": units, "activations": functions, "loss": loss,
        "batch_size": BATCH_SIZE, "epochs": EPOCHS,
        "x": exact(random.uniform(-1, 1, size=(SAMPLES, units[0]))),
        "y": trajectory_labels(random, loss, units[-1]),
        "initial_weights": trajectory_weights(random, units),
    }
    case["runs"] = [trajectory_run(case, *o) for o in TRAJECTORY_OPTIMIZERS]
    return case


def trajectories():
    random = np.random.RandomState(13)
    return [trajectory_case(random, *network) for network in NETWORKS]


# --- Command ----------------------------------------------------------------

FIXTURES = {
    "optimizers.json": optimizers,
    "losses.json": losses,
    "activations.json": activations,
    "trajectory.json": trajectories,
}


def fixture(name):
    return {"made_by": MADE_BY, "cases": FIXTURES[name]()}


def write():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FIXTURES:
        content = (to_json(fixture(name)) + "\n").encode()
        (FOLDER / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


def check():
    """Returns the number of failures, each printed."""
    failures = verify.gradients()
    failures += verify.first_steps()
    for name in FIXTURES:
        failures += verify.committed(
            FOLDER / name, to_json(fixture(name)) + "\n")
    with keras64.precision(np.float32):
        failures += verify.float32(
            json.loads((FOLDER / "trajectory.json").read_text())["cases"],
            trajectories())
    print(f"{failures} failures")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true",
                        help="verify instead of writing")
    if parser.parse_args().check:
        return 1 if check() else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
