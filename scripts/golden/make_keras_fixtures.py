#!/usr/bin/env python3
"""Makes the Keras files that the tests of engine/formats read, with Keras itself (seen: 3.15.1 on JAX).

Usage: KERAS_BACKEND=jax python3 scripts/golden/make_keras_fixtures.py engine/formats/src/test/resources/dev/sinter/formats
Beside each model stands NAME.npz: inputs x and the outputs y that Keras computes.
"""
import os
import sys

import keras
import numpy as np

KINDS = {
    "sgd": "sgd",
    "nesterov": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": keras.optimizers.RMSprop(0.002, momentum=0.5, centered=True),
    "adam": "adam",
    "amsgrad": keras.optimizers.Adam(amsgrad=True),
    "adamw": "adamw",
}
FURTHER = {  # as .keras alone
    "adagrad": "adagrad",
    "adadelta": "adadelta",
    "adamax": "adamax",
    "nadam": "nadam",
    "lion": "lion",
}


def layers():
    return [
        keras.layers.Dense(4, activation="relu"),
        keras.layers.Dense(5, activation=keras.activations.sigmoid),
        keras.layers.Activation("tanh"),
        keras.layers.Dense(3, activation="softmax", name="out", use_bias=False),
    ]


def train(model, optimizer, loss="sparse_categorical_crossentropy"):
    random = np.random.default_rng(1)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    x = random.random((32, 6)).astype("float32")
    y = random.integers(0, 3, 32)
    model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    return x


def save(folder, name, model, x, suffixes):
    for suffix in suffixes:
        path = os.path.join(folder, name + suffix)
        model.save_weights(path) if suffix == ".weights.h5" else model.save(path)
    arrays = {"x": x, "y": np.asarray(model.predict(x, verbose=0), dtype="float32")}
    variables = [v for v in model.optimizer.variables if v.path.split("/")[-1] not in ("iteration", "learning_rate")]
    for i, variable in enumerate(variables):
        arrays[f"slot{i}"] = np.asarray(variable.numpy())
    np.savez(os.path.join(folder, name + ".npz"), **arrays)


def options():
    """A model with regularizers and constraints, and an optimizer with all its options; its inputs."""
    constraints, regularizers = keras.constraints, keras.regularizers
    schedule = keras.optimizers.schedules.CosineDecay(0.01, 20, 0.1, warmup_target=0.05, warmup_steps=4)
    keras.utils.set_random_seed(5)
    model = keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(4, activation="tanh", kernel_regularizer=regularizers.L1L2(0.01, 0.02),
                           bias_regularizer=regularizers.L1(2**-6), name="first",
                           kernel_constraint=constraints.MaxNorm(0.75)),
        keras.layers.Dense(3, activation="softmax", kernel_regularizer=regularizers.L2(2**-10), name="last",
                           kernel_constraint=constraints.UnitNorm(axis=1), bias_constraint="non_neg"),
    ])
    optimizer = keras.optimizers.Nadam(
        schedule, weight_decay=0.1, global_clipnorm=0.5, use_ema=True, ema_momentum=0.75,
        ema_overwrite_frequency=5, gradient_accumulation_steps=3)
    x = train(model, optimizer)
    model.set_weights([np.copy(w) for w in model.get_weights()])  # fit left them in the averages' memory
    return model, x


def branches(folder):
    """Two inputs, two outputs, a shared layer; saved, then trained on for one epoch in order."""
    keras.utils.set_random_seed(5)
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    shared = keras.layers.Dense(4, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    skip = keras.layers.Add()([a, keras.layers.Dense(4, activation="relu")(a)])
    both = keras.layers.Concatenate(name="both")([skip, keras.layers.Multiply()([a, b]), right])
    kind = keras.layers.Dense(3, activation="softmax", name="kind")(both)
    size = keras.layers.Dense(1, name="size")(keras.layers.Maximum()([skip, b]))
    model = keras.Model([left, right], [kind, size], name="branches")
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
        loss_weights={"kind": 1.0, "size": 0.3},
        metrics={"kind": ["accuracy"], "size": ["mean_absolute_error"]},
    )
    random = np.random.default_rng(6)
    x = {name: random.standard_normal((20, 3)).astype("float32") for name in ("left", "right")}
    y = {"kind": random.integers(0, 3, 20), "size": random.standard_normal((20, 1)).astype("float32")}
    model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    model.save(os.path.join(folder, "branches.keras"))
    arrays = {**x, "kind": y["kind"].astype("float32"), "size": y["size"]}
    arrays["y"] = np.hstack(model.predict(x, verbose=0))
    history = model.fit(x, y, epochs=1, batch_size=8, shuffle=False, verbose=0).history
    arrays.update({f"history/{name}": np.float32(values) for name, values in history.items()})
    arrays["after"] = np.hstack(model.predict(x, verbose=0))
    np.savez(os.path.join(folder, "branches.npz"), **arrays)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    branches(folder)
    for name, optimizer in {**KINDS, **FURTHER}.items():
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((6,))] + layers())
        x = train(model, optimizer)
        suffixes = [".keras"] + ([".h5"] if name in KINDS else [])
        save(folder, name, model, x, suffixes + ([".weights.h5"] if name == "adam" else []))
    save(folder, "options", *options(), [".keras"])
    keras.utils.set_random_seed(4)
    unstated = keras.Sequential(layers())  # built by its first data
    save(folder, "unstated", unstated, train(unstated, "adam"), [".keras", ".h5"])
    first = keras.Input((6,))
    chain = first
    for layer in layers():
        chain = layer(chain)
    functional = keras.Model(first, chain)
    losses = keras.losses.SparseCategoricalCrossentropy()
    save(folder, "functional", functional, train(functional, "rmsprop", losses), [".keras", ".h5"])
    for name, layer, compiled in [
        ("dropout", keras.layers.Dropout(0.5), {"optimizer": "adam"}),
        ("activity", keras.layers.Dense(2, activity_regularizer="l2"), {"optimizer": "adam"}),
        ("gelu", keras.layers.Dense(2, activation="gelu"), {"optimizer": "adam"}),
        ("ftrl", keras.layers.Dense(2), {"optimizer": "ftrl"}),
        ("half", keras.layers.Dense(2, dtype="float16"), {"optimizer": "adam"}),
    ]:
        model = keras.Sequential([keras.Input((3,)), layer])
        model.compile(loss="mse", **compiled)
        model.save(os.path.join(folder, name + ".keras"))


if __name__ == "__main__":
    main(sys.argv[1])
