#!/usr/bin/env python3
"""Writes convolution.json with Keras: networks over images, before and after one step.

    KERAS_BACKEND=jax python3 scripts/golden/make_convolution_golden.py

Each network ends in Flatten and Dense(2). Weights and samples are sines, which
ConvolutionGoldenTest computes again. One step of SGD at a learning rate of 0.5
on the mean squared error moves every weight by half of its gradient.
"""

import json
import pathlib

import numpy as np
import keras
from keras import layers

FILE = (
    pathlib.Path(__file__).resolve().parents[2]
    / "engine/core/src/test/resources/golden/convolution.json"
)
SAMPLES = 3

CASES = [
    ("valid", [6, 5, 2], [layers.Conv2D(3, (3, 2), activation="tanh")]),
    ("same, odd padding, strides", [7, 6, 1],
     [layers.Conv2D(2, (4, 3), strides=(2, 3), padding="same", use_bias=False)]),
    ("same, padding on one side", [5, 5, 2],
     [layers.Conv2D(4, 2, padding="same", activation="sigmoid")]),
    ("maximum", [7, 6, 2], [layers.Conv2D(3, 1), layers.MaxPooling2D()]),
    ("maximum, same, overlapping", [5, 6, 2],
     [layers.Conv2D(2, 2), layers.MaxPooling2D(3, strides=2, padding="same")]),
    ("mean", [5, 6, 2],
     [layers.Conv2D(2, 1), layers.AveragePooling2D((2, 3), strides=(1, 2))]),
    ("mean, same: padding does not count", [5, 5, 1],
     [layers.Conv2D(2, 1), layers.AveragePooling2D(2, padding="same")]),
    ("mean of each channel", [4, 3, 2],
     [layers.Conv2D(5, 2, activation="relu"), layers.GlobalAveragePooling2D()]),
]


def sines(count, scale, shift):
    return (scale * np.sin(1.7 * np.arange(count) + shift)).astype(np.float32)


def rounded(values):
    return [float(f"{v:.8g}") for v in np.asarray(values, np.float64).ravel()]


def case(name, shape, middle):
    model = keras.Sequential(
        [layers.Input(tuple(shape)), *middle, layers.Flatten(), layers.Dense(2)])
    start = [sines(w.size, 0.5, i).reshape(w.shape)
             for i, w in enumerate(model.get_weights())]
    model.set_weights(start)
    x = sines(SAMPLES * int(np.prod(shape)), 1, 0.3).reshape([SAMPLES] + shape)
    y = sines(SAMPLES * 2, 1, 0.7).reshape(SAMPLES, 2)
    predictions = model.predict(x, verbose=0)
    model.compile(keras.optimizers.SGD(0.5), "mse")
    model.fit(x, y, batch_size=SAMPLES, epochs=1, shuffle=False, verbose=0)
    return {
        "name": name,
        "input": shape,
        "shapes": [list(w.shape) for w in start],
        "predictions": rounded(predictions),
        "trained": [rounded(w) for w in model.get_weights()],
    }


def main():
    keras.config.set_floatx("float32")
    cases = []
    for name, shape, middle in CASES:
        keras.backend.clear_session()
        cases.append(case(name, shape, middle))
    lines = ",\n".join("  " + json.dumps(each) for each in cases)
    FILE.write_text(
        '{"made_by": "scripts/golden/make_convolution_golden.py, Keras %s",\n "cases": [\n%s\n]}\n'
        % (keras.__version__, lines))


main()
