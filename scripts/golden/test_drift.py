#!/usr/bin/env python3
"""Tests drift.py without Sinter: a stand-in trains in float32 NumPy.

    SINTER_DATA=DIR test_drift.py     DIR holds mnist/; else those are skipped

The stand-in is this script itself, called with Sinter's command line. Its own
drift is what float32 rounding alone costs.
"""

import argparse
import contextlib
import io
import os
import pathlib
import sys
import tempfile
import unittest

import numpy as np

import digits01
import drift
import keras64

DATA = os.environ.get("SINTER_DATA")


def stand_in(arguments):
    """Trains as `sinter train` does, then does what SINTER_FAULT asks for."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("command", choices=["train"])
    parser.add_argument("recipe", choices=list(drift.RECIPES))
    for name in ("backend", "init", "optimizer", "save-weights", "data"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("batch-size", "limit", "epochs"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--no-shuffle", action="store_true", required=True)
    parser.add_argument("--quiet", action="store_true", required=True)
    options = parser.parse_args(arguments)
    fault = os.environ.get("SINTER_FAULT", "none")
    if fault == "crash":
        sys.exit("no such backend")
    weights = train32(options)
    if fault == "noise":
        weights["dense/kernel"] += np.float32(0.001)
    if fault == "missing":
        del weights["dense_1/bias"]
    if fault != "nothing":
        np.savez(options.save_weights, **weights)


def train32(options):
    recipe = drift.RECIPES[options.recipe]
    data = recipe.load(pathlib.Path(options.data), options.limit)
    optimizer = drift.make_optimizer(options.optimizer, options.learning_rate)
    with keras64.precision(np.float32):
        network = keras64.DenseNetwork(
            keras64.read_npz(options.init), recipe.activations, recipe.loss)
        network.fit(*data, optimizer, options.batch_size, options.epochs)
    return network.weights


def run_drift(recipe, fault="none", data=DATA, optimizers="sgd", more=()):
    """Returns drift.py's exit code and what it printed."""
    os.environ["SINTER_FAULT"] = fault
    printed = io.StringIO()
    with (contextlib.redirect_stdout(printed),
          contextlib.redirect_stderr(printed)):
        code = drift.main(["--sinter", __file__, "--data", str(data),
                           "--recipes", recipe, "--optimizers", optimizers,
                           *more])
    return code, printed.getvalue()


class DriftTest(unittest.TestCase):
    def test_drift_is_relative_to_the_distance_moved(self):
        initial, expected = np.zeros(2), np.array([2.0, -4.0])
        self.assertAlmostEqual(
            drift.drift(np.array([2.0, -4.4]), expected, initial), 0.1)

    def test_drift_of_nan_or_another_shape_is_infinite(self):
        expected = np.ones(2)
        for actual in (None, np.ones(3), np.array([np.nan, 1])):
            value = drift.drift(actual, expected, 0 * expected)
            self.assertEqual(value, np.inf)

    def test_missing_data_is_exit_code_2(self):
        with tempfile.TemporaryDirectory() as empty:
            code, printed = run_drift("digits01", data=empty)
        self.assertEqual(code, 2, printed)
        self.assertIn("cannot load digits01", printed)


@unittest.skipUnless(DATA, "SINTER_DATA is not set")
class StandInTest(unittest.TestCase):
    def test_float32_passes_on_every_small_recipe_and_optimizer(self):
        # The reference backend accumulates in double, the stand-in does not:
        # on raw pixels it only reaches the tolerance of the other backends.
        for recipe, backend in (("digits01", "reference"),
                                ("mnist-sigmoid", "nd4j")):
            code, printed = run_drift(
                recipe, optimizers=",".join(drift.OPTIMIZERS),
                more=["--backends", backend])
            self.assertEqual(code, 0, printed)
            self.assertEqual("not judged" in printed,
                             recipe == "mnist-sigmoid")

    def test_learning_rate_reaches_both_sides(self):
        code, printed = run_drift("digits01", more=["--learning-rate", "0.1"])
        self.assertEqual(code, 0, printed)

    def test_every_fault_is_exit_code_1(self):
        for fault, message in (("noise", "TOO FAR"), ("missing", "inf"),
                               ("crash", "no such backend"),
                               ("nothing", "no weights written")):
            code, printed = run_drift("digits01", fault)
            self.assertEqual(code, 1, printed)
            self.assertIn(message, printed)

    def test_digits01_matches_the_printed_sample(self):
        data = pathlib.Path(DATA)
        if not (data / "digits01").exists():
            self.skipTest("no digits01/first-zero.csv")
        self.assertLess(digits01.largest_difference(data), digits01.TOLERANCE)


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        stand_in(sys.argv[1:])
    else:
        unittest.main()
