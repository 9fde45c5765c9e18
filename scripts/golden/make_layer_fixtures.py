#!/usr/bin/env python3
"""Makes what the tests of layers read, with Keras itself (seen: 3.15.1 on JAX).

Usage: KERAS_BACKEND=jax python3 scripts/golden/make_layer_fixtures.py
Writes engine/core/src/test/resources/golden/keras_activations.json: values and slopes, by JAX in float64.
Writes NAME.keras and NAME.npz beside the files of make_keras_fixtures.py. The model is saved before it is trained; NAME.npz has the
inputs x, the targets t, what it predicts at first (before) and after three steps of SGD with all samples (after), their losses, and
the running means and variances that they leave. A model with dropout is not trained: what is dropped differs.
"""
import json
import os

import jax
import keras
import numpy as np

jax.config.update("jax_enable_x64", True)
FOLDER = "engine/formats/src/test/resources/dev/sinter/formats"
ACTIVATIONS = ["elu", "selu", "gelu", "softplus", "softsign", "leaky_relu", "silu", "hard_sigmoid", "exponential"]
INPUTS = [-20.0, -6.5, -3.25, -2.5, -1.0, -0.5, -0.0625, -1e-4, 1e-4, 0.0625, 0.5, 1.0, 2.5, 3.25, 6.5, 20.0]
layers = keras.layers


def activations():
    cases = []
    for name in ACTIVATIONS:
        function = keras.activations.get(name)
        slope = jax.grad(lambda x: function(x))
        cases.append({
            "activation": name,
            "inputs": INPUTS,
            "outputs": [float(function(jax.numpy.float64(x))) for x in INPUTS],
            "derivatives": [float(slope(jax.numpy.float64(x))) for x in INPUTS],
        })
    with open("engine/core/src/test/resources/golden/keras_activations.json", "w") as file:
        json.dump({"made_by": "make_layer_fixtures.py", "cases": cases}, file, indent=1)
        file.write("\n")


def normalization(random):
    layer = layers.Normalization()
    layer.adapt(random.normal(3, 2, (50, 6)).astype("float32"))
    return layer


def models(random):
    """Name -> (shape of a sample, layers); those with a number of categories take indices."""
    return {
        "normalized": ((6,), [
            layers.Dense(5, activation="gelu"),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(4, activation="silu", use_bias=False),
            layers.LayerNormalization(),
            layers.Dense(4, activation="selu"),
            layers.BatchNormalization(center=False, scale=False, epsilon=0.01),
            layers.LayerNormalization(center=False, epsilon=0.01),
            layers.Dense(3, activation="softplus"),
        ]),
        "places": ((4, 4, 2), [
            layers.Rescaling(0.5, offset=-1),
            layers.BatchNormalization(scale=False),
            layers.Reshape((2, -1, 4)),
            layers.LayerNormalization(axis=-1),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3, activation="softsign"),
        ]),
        "categories": ((2,), [
            layers.Embedding(7, 3),
            layers.Flatten(),
            layers.Dense(4, activation="elu"),
            layers.Dense(3, activation="exponential"),
        ]),
        "stated": ((6,), [
            layers.Normalization(mean=[1.0, 2, 3, 4, 5, 6], variance=[4.0, 1, 2, 3, 0.5, 9]),
            layers.ReLU(max_value=1.5, negative_slope=0.25, threshold=0.125),
            layers.Dense(
                4, activation="leaky_relu",
                kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_avg", "uniform"),
                bias_initializer=keras.initializers.Constant(0.5)),
            layers.ELU(alpha=0.75),
            layers.Dense(4, kernel_initializer=keras.initializers.Orthogonal(1.5)),
            layers.LeakyReLU(),
            layers.Dense(3, activation="hard_sigmoid",
                         kernel_initializer=keras.initializers.RandomNormal(0.25, 0.5)),
        ]),
        "adapted": ((6,), [
            normalization(random),
            layers.Dense(5, activation="swish"),
            layers.Dropout(0.5),
            layers.Dense(4),
            layers.Softmax(),
        ]),
        "images": ((6, 5, 2), [
            layers.Conv2D(4, (3, 2), padding="same", activation="gelu"),
            layers.MaxPooling2D((2, 2), strides=(1, 2)),
            layers.BatchNormalization(),
            layers.Conv2D(3, 2, strides=(2, 1), use_bias=False),
            layers.AveragePooling2D((1, 2), strides=1, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]),
    }


def record(name, shape, stack, random):
    model = keras.Sequential([keras.Input(shape)] + stack)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    x = random.normal(1, 2, (8,) + shape).astype("float32")
    if name == "categories":
        x = random.integers(0, 7, (8,) + shape).astype("float32")
    t = random.normal(0, 1, (8,) + model.output_shape[1:]).astype("float32")
    arrays = {"x": x, "t": t, "before": model.predict(x, verbose=0)}
    model.save(os.path.join(FOLDER, name + ".keras"))
    if name != "adapted":
        history = model.fit(x, t, epochs=3, batch_size=8, shuffle=False, verbose=0)
        arrays["losses"] = np.asarray(history.history["loss"], dtype="float32")
        arrays["after"] = model.predict(x, verbose=0)
        moving = [v.numpy().ravel() for v in model.non_trainable_variables if "moving" in v.path]
        arrays["moving"] = np.concatenate(moving + [np.zeros(0, "float32")])
    np.savez(os.path.join(FOLDER, name + ".npz"), **arrays)


def refused():
    """Models with what Sinter lacks."""
    for name, layer in [
        ("noise", layers.GaussianNoise(0.1)),
        ("mish", layers.Dense(2, activation="mish")),
        ("axis", layers.BatchNormalization(axis=1)),
    ]:
        model = keras.Sequential([keras.Input((3, 4)), layer])
        model.save(os.path.join(FOLDER, name + ".keras"))


if __name__ == "__main__":
    activations()
    generator = np.random.default_rng(7)
    keras.utils.set_random_seed(5)
    for each, (sample, stacked) in models(generator).items():
        record(each, sample, stacked, generator)
    refused()
