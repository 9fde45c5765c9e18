#!/usr/bin/env python3
"""The zero/one digits, 20x20, made from MNIST.

    digits01.py --data DIR      DIR holds mnist/ and digits01/first-zero.csv

compares the first zero with the lab's printed one. Images are divided by 255
and resampled from 28x28 to 20x20 by separable cubic convolution with
antialiasing (Keys's kernel, a = -0.5, widened by 28/20), then unrolled column
by column.
"""

import argparse
import pathlib
import sys

import numpy as np

import keras64

SOURCE, TARGET = 28, 20
TOLERANCE = 2e-4


def keys_kernel(t, a=-0.5):
    """Keys's cubic convolution kernel, zero from |t| = 2 on."""
    t = np.abs(t)
    near = (a + 2) * t**3 - (a + 3) * t**2 + 1
    far = a * (t**3 - 5 * t**2 + 8 * t - 4)
    return np.where(t <= 1, near, np.where(t < 2, far, 0.0))


def resampling_matrix():
    """[20, 28]: each row weighs the source pixels of one target pixel."""
    widening = SOURCE / TARGET
    centres = (np.arange(TARGET) + 0.5) * widening - 0.5
    distances = np.arange(SOURCE)[np.newaxis, :] - centres[:, np.newaxis]
    weights = keys_kernel(distances / widening)
    return weights / weights.sum(axis=1, keepdims=True)


def resample(images):
    """uint8 [N, 28, 28] to float64 [N, 400], unrolled column by column."""
    matrix = resampling_matrix()
    small = matrix @ (images / 255.0) @ matrix.T  # [N, 20, 20]
    return small.transpose(0, 2, 1).reshape(len(images), TARGET * TARGET)


def load(mnist, each):
    """The first `each` zeros, then ones: x float64 [N, 400], y [N, 1]."""
    images = keras64.read_idx(mnist / "train-images-idx3-ubyte.gz")
    labels = keras64.read_idx(mnist / "train-labels-idx1-ubyte.gz")
    chosen = [np.flatnonzero(labels == digit)[:each] for digit in (0, 1)]
    x = resample(images[np.concatenate(chosen)])
    return x, np.repeat([0.0, 1.0], each)[:, np.newaxis]


def largest_difference(data):
    """Distance of the first zero from the lab's printed values."""
    printed = np.loadtxt(data / "digits01" / "first-zero.csv", delimiter=",")
    return np.abs(load(data / "mnist", 1)[0][0] - printed).max()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    difference = largest_difference(parser.parse_args().data)
    print(f"first zero: largest difference {difference:.2e}, "
          f"{TOLERANCE} allowed")
    return 0 if difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
