#!/usr/bin/env python3
"""Records what Keras's own optimizers compute, in float64 (seen: Keras 3.15.1 on JAX).

Usage: KERAS_BACKEND=jax JAX_ENABLE_X64=1 python3 scripts/golden/make_optimizers.py

Inputs are float32 values written as doubles, as in make_golden.py, whose cases these continue.
"""
import keras
import numpy as np

from make_golden import FOLDER, GRADIENTS, INITIAL_WEIGHTS, exact, rounded, to_json

keras.backend.set_floatx("float64")
MADE_BY = "scripts/golden/make_optimizers.py (Keras %s)" % keras.__version__

OPTIMIZERS = [
    ("adagrad", keras.optimizers.Adagrad, {}),
    ("adagrad_start", keras.optimizers.Adagrad,
     {"learning_rate": 0.05, "initial_accumulator_value": 0.5, "epsilon": 1e-3}),
    ("adadelta", keras.optimizers.Adadelta, {}),
    ("adadelta_rho", keras.optimizers.Adadelta,
     {"learning_rate": 1.0, "rho": 0.75, "epsilon": 1e-3}),
    ("adamax", keras.optimizers.Adamax, {}),
    ("adamax_betas", keras.optimizers.Adamax,
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("nadam", keras.optimizers.Nadam, {}),
    ("nadam_betas", keras.optimizers.Nadam,
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("lion", keras.optimizers.Lion, {}),
    ("lion_betas", keras.optimizers.Lion,
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75}),
]


def steps(optimizer, initial, gradients):
    """The variables after each step; initial and each step's gradients by variable."""
    variables = [keras.Variable(np.asarray(v), dtype="float64") for v in initial]
    optimizer.build(variables)
    after = []
    for step in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g, "float64") for g in step])
        after.append([rounded(v.numpy()) for v in variables])
    return after


def optimizer_case(name, kind, options):
    optimizer = kind(**options)
    weights = exact(INITIAL_WEIGHTS)
    gradients = exact(GRADIENTS)
    after = steps(optimizer, [weights], [[g] for g in gradients])
    config = {k: v for k, v in optimizer.get_config().items() if isinstance(v, float) and k != "ema_momentum"}
    return {
        "name": name,
        "optimizer": kind.__name__.lower(),
        "config": config,
        "initial_weights": weights,
        "gradients": gradients,
        "weights": [arrays[0] for arrays in after],
    }


FIXTURES = {
    "keras_optimizers.json": lambda: [optimizer_case(*case) for case in OPTIMIZERS],
}


def main():
    for name, cases in FIXTURES.items():
        content = to_json({"made_by": MADE_BY, "cases": cases()}) + "\n"
        (FOLDER / name).write_text(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
