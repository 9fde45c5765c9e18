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
    ("adagrad_start", keras.optimizers.Adagrad,
     {"learning_rate": 0.05, "initial_accumulator_value": 0.5, "epsilon": 1e-3}),
    ("adadelta_rho", keras.optimizers.Adadelta,
     {"learning_rate": 1.0, "rho": 0.75, "epsilon": 1e-3}),
    ("adamax_betas", keras.optimizers.Adamax,
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
    ("nadam_betas", keras.optimizers.Nadam,
     {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-3}),
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


# --- Trainings with options ---------------------------------------------------

UNITS, SAMPLES, BATCH_SIZE, EPOCHS = [4, 5, 3], 10, 2, 2
MAX_NORM = keras.constraints.MaxNorm(0.75)
REGULARIZED = {"kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02),
               "bias_regularizer": keras.regularizers.L1(0.05)}

# Name, optimizer, options of the first layer, of the second. Java has the same
# by name, in KerasTrainings.
TRAININGS = [
    ("clipnorm", lambda o, s: o.Adam(0.02, clipnorm=0.25), {}, {}),
    ("global_clipnorm", lambda o, s: o.SGD(0.5, momentum=0.5, global_clipnorm=0.3), {}, {}),
    ("clipvalue", lambda o, s: o.RMSprop(0.02, clipvalue=0.05), {}, {}),
    ("weight_decay", lambda o, s: o.Lion(0.02, weight_decay=0.5), {}, {}),
    ("average", lambda o, s: o.Adam(0.05, use_ema=True, ema_momentum=0.75), {}, {}),
    ("average_overwrites",
     lambda o, s: o.SGD(0.5, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3), {}, {}),
    ("accumulation", lambda o, s: o.Nadam(0.05, gradient_accumulation_steps=3), {}, {}),
    ("schedule", lambda o, s: o.Adam(s.ExponentialDecay(0.1, 3, 0.5)), {}, {}),
    ("accumulation_clipnorm_decay_average_schedule",
     lambda o, s: o.Adam(s.CosineDecay(0.02, 6, 0.1, warmup_target=0.1, warmup_steps=2), clipnorm=0.2,
                         weight_decay=0.1, use_ema=True, ema_momentum=0.75,
                         gradient_accumulation_steps=2), {}, {}),
    ("regularizers", lambda o, s: o.SGD(0.25), REGULARIZED,
     {"kernel_regularizer": keras.regularizers.L2(0.1)}),
    ("constraints", lambda o, s: o.SGD(0.5),
     {"kernel_constraint": MAX_NORM, "bias_constraint": "non_neg"},
     {"kernel_constraint": keras.constraints.UnitNorm(axis=1)}),
    ("regularizers_constraints_global_clipnorm_average",
     lambda o, s: o.Adagrad(0.5, global_clipnorm=0.5, use_ema=True, ema_momentum=0.75),
     {**REGULARIZED, "kernel_constraint": MAX_NORM}, {"kernel_constraint": "non_neg"}),
]


def training_data():
    random = np.random.RandomState(31)
    shapes = [(4, 5), (5,), (5, 3), (3,)]
    return {
        "units": UNITS, "batch_size": BATCH_SIZE, "epochs": EPOCHS,
        "x": exact(random.uniform(-1, 1, size=(SAMPLES, UNITS[0]))),
        "y": random.randint(0, UNITS[-1], size=SAMPLES).tolist(),
        "weights": [exact(random.uniform(-0.75, 0.75, size=s)) for s in shapes],
    }


def training_case(data, name, optimizer, first, second):
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((UNITS[0],), dtype="float64"),
        layers.Dense(UNITS[1], activation="tanh", **first),
        layers.Dense(UNITS[2], activation="softmax", **second),
    ])
    model.set_weights([np.asarray(w) for w in data["weights"]])
    model.compile(optimizer(keras.optimizers, keras.optimizers.schedules),
                  "sparse_categorical_crossentropy")
    x, y = np.asarray(data["x"], "float64"), np.asarray(data["y"])
    history = model.fit(x, y, batch_size=BATCH_SIZE, epochs=EPOCHS, shuffle=False, verbose=0)
    return {
        **data, "name": name,
        "losses": rounded(history.history["loss"]),
        "final_loss": rounded(model.evaluate(x, y, batch_size=5, verbose=0)),
        "final_weights": [rounded(w) for w in model.get_weights()],
    }


def trainings():
    data = training_data()
    return [training_case(data, *each) for each in TRAININGS]


# --- Schedules ------------------------------------------------------------------

STEPS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 19, 20, 21, 25, 39, 40, 41, 100, 1000]
SCHEDULES = [
    ("exponential", "ExponentialDecay", [0.1, 10, 0.5]),
    ("exponential_staircase", "ExponentialDecay", [0.1, 10, 0.5, True]),
    ("inverse_time", "InverseTimeDecay", [0.1, 10, 0.5]),
    ("inverse_time_staircase", "InverseTimeDecay", [0.1, 10, 0.5, True]),
    ("polynomial", "PolynomialDecay", [0.1, 10]),
    ("polynomial_power", "PolynomialDecay", [0.1, 10, 0.01, 2.0]),
    ("polynomial_cycle", "PolynomialDecay", [0.1, 10, 0.01, 0.5, True]),
    ("piecewise", "PiecewiseConstantDecay", [[4, 10], [0.3, 0.2, 0.1]]),
    ("cosine", "CosineDecay", [0.1, 20]),
    ("cosine_alpha", "CosineDecay", [0.1, 20, 0.25]),
    ("cosine_warmup", "CosineDecay", [0.01, 20, 0.25, "CosineDecay", 0.1, 8]),
    ("cosine_restarts", "CosineDecayRestarts", [0.1, 10]),
    ("cosine_restarts_same", "CosineDecayRestarts", [0.1, 10, 1.0, 0.5, 0.1]),
    ("one_cycle", "OneCycle", []),
]


def one_cycle(step, total=20, top=0.1, start=0.3, divisor=25.0, last_divisor=1e4):
    """torch.optim.lr_scheduler.OneCycleLR, cosine, two phases; stays at its last rate."""
    up_to, first = start * total - 1, top / divisor

    def anneal(a, b, share):
        return b + (a - b) / 2 * (1 + np.cos(np.pi * share))

    if step <= up_to:
        return anneal(first, top, step / up_to)
    share = (min(step, total - 1) - up_to) / (total - 1 - up_to)
    return anneal(top, first / last_divisor, share)


def schedule_case(name, kind, arguments):
    if kind == "OneCycle":
        schedule = one_cycle
    else:
        schedule = getattr(keras.optimizers.schedules, kind)(*arguments)
    return {"name": name, "kind": kind, "steps": STEPS,
            "rates": [rounded(float(schedule(step))) for step in STEPS]}


FIXTURES = {
    "keras_trainings.json": trainings,
    "keras_schedules.json": lambda: [schedule_case(*case) for case in SCHEDULES],
    "keras_optimizers.json": lambda: [optimizer_case(*case) for case in OPTIMIZERS],
}


def main():
    for name, cases in FIXTURES.items():
        content = to_json({"made_by": MADE_BY, "cases": cases()}) + "\n"
        (FOLDER / name).write_text(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
