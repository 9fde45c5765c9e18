#!/usr/bin/env python3
"""JAX training the networks of Sinter, a whole epoch in one jitted lax.scan: a line of JSON each.

    python3 jax_peer.py --seconds 1 --mnist FOLDER mnist-dense:128:float32:scan ...

A piece of work is RECIPE:BATCH:PRECISION:scan. PRECISION: float32 (products at the highest
precision) or tf32. The dataset is on the device, uint8 as MNIST is; each epoch is shuffled there;
state is donated, so that it is updated in place. The optimizers are Keras's formulas with Keras's
defaults. Whole epochs of whole batches are timed, each until its loss is on the host; their median
counts.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import time

RECIPES = {
    "mnist-dense": ((784, 512, 10), "relu", "rmsprop", 60000, 1 / 255),
    "mnist-sigmoid": ((784, 100, 10), "sigmoid", "sgd", 60000, 1.0),
    "digits01": ((400, 25, 15, 1), "sigmoid", "adam", 1000, 1 / 255),
}
PRECISIONS = {"float32": "highest", "tf32": "tensorfloat32"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=1, help="of timed epochs for each work")
    parser.add_argument("--mnist", help="folder with train-images-idx3-ubyte.gz; drawn without it")
    parser.add_argument("work", nargs="*", help="RECIPE:BATCH:PRECISION:scan")
    return parser.parse_args()


def idx(folder, name, header):
    """Reads an IDX file, packed or not, as bytes."""
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as file:
        return file.read()[header:]


def samples(np, recipe, folder):
    """Returns x [N, I] uint8 and y [N] int32."""
    units, _, _, count, _ = RECIPES[recipe]
    if folder and recipe != "digits01":
        x = np.frombuffer(idx(folder, "train-images-idx3-ubyte", 16), np.uint8)
        y = np.frombuffer(idx(folder, "train-labels-idx1-ubyte", 8), np.uint8)
        return x.reshape(-1, units[0]), y.astype(np.int32)
    draw = np.random.default_rng(1)  # classes differ by their brightness in a part of the picture
    y = draw.integers(0, max(2, units[-1]), count).astype(np.int32)
    x = draw.integers(0, 128, (count, units[0])).astype(np.uint8)
    for k in range(max(2, units[-1])):
        x[y == k, k * 30 : k * 30 + 30] += 120
    return x, y


def optimizer(jnp, name):
    """Returns the number of slots and the update of one array: Keras's formulas and defaults."""

    def sgd(step, w, g, slots):
        return w - 0.01 * g, slots

    def rmsprop(step, w, g, slots):
        v = 0.9 * slots[0] + 0.1 * g * g
        return w - 0.001 * g / jnp.sqrt(v + 1e-7), (v,)

    def adam(step, w, g, slots):
        m = 0.9 * slots[0] + 0.1 * g
        v = 0.999 * slots[1] + 0.001 * g * g
        rate = 0.001 * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        return w - rate * m / (jnp.sqrt(v) + 1e-7), (m, v)

    return {"sgd": (0, sgd), "rmsprop": (1, rmsprop), "adam": (2, adam)}[name]


def train(jax, recipe, batch, folder, seconds, line):
    jnp = jax.numpy
    import numpy as np

    units, activation, name, _, scale = RECIPES[recipe]
    slots, update = optimizer(jnp, name)
    hidden = jax.nn.relu if activation == "relu" else jax.nn.sigmoid
    images, labels = (jax.device_put(each) for each in samples(np, recipe, folder))
    count = images.shape[0]
    steps = count // batch

    def loss(weights, x, y):
        for i, (w, b) in enumerate(weights):
            z = x @ w + b
            x = hidden(z)
        if units[-1] == 1:
            z = z[:, 0]
            return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
        return -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(batch), y])

    def epoch(state, key, images, labels):
        def step(state, rows):
            weights, kept, number = state
            x = images[rows].astype(jnp.float32) * scale
            value, gradients = jax.value_and_grad(loss)(weights, x, labels[rows])
            number = number + 1
            flat, shape = jax.tree_util.tree_flatten(weights)
            results = [
                update(number, w, g, s)
                for w, g, s in zip(flat, jax.tree_util.tree_leaves(gradients), kept)
            ]
            weights = jax.tree_util.tree_unflatten(shape, [w for w, _ in results])
            return (weights, [s for _, s in results], number), value

        order = jax.random.permutation(key, count)[: steps * batch].reshape(steps, batch)
        state, losses = jax.lax.scan(step, state, order)
        return state, jnp.mean(losses)

    draw = np.random.default_rng(1)
    weights = []
    for inputs, outputs in zip(units, units[1:]):
        bound = (6 / (inputs + outputs)) ** 0.5
        w = draw.uniform(-bound, bound, (inputs, outputs)).astype(np.float32)
        weights.append((jnp.asarray(w), jnp.zeros(outputs, jnp.float32)))
    kept = [
        tuple(jnp.zeros_like(w) for _ in range(slots)) for w in jax.tree_util.tree_leaves(weights)
    ]
    state = (weights, kept, jnp.zeros((), jnp.float32))
    compiled = jax.jit(epoch, donate_argnums=0)
    keys = iter(jax.random.split(jax.random.PRNGKey(1), 100000))
    losses = []

    def timed():
        nonlocal state
        key = next(keys)
        start = time.perf_counter()
        state, mean = compiled(state, key, images, labels)
        losses.append(float(mean))  # waits
        return time.perf_counter() - start

    for _ in range(3):
        timed()
    if not losses[-1] < losses[0]:
        raise RuntimeError(
            "expected the loss to fall, received %g after %g" % (losses[-1], losses[0]))
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        times.append(timed())
    rates = [steps * batch / t for t in times]
    line.update(median=statistics.median(rates), lowest=min(rates), highest=max(rates))
    line.update(epochs=len(rates), first_loss=losses[0], last_loss=losses[2])


def main():
    options = arguments()
    try:
        import jax
    except ImportError as problem:
        print("jax_peer.py: JAX is not installed (%s)" % problem, file=sys.stderr)
        return 2
    device = jax.devices()[0]
    print(json.dumps({"jax": jax.__version__, "device": "%s %s" % (
        device.platform, device.device_kind)}), flush=True)
    for text in options.work:
        line = {"work": text}
        try:
            recipe, batch, precision, _ = text.split(":")
            with jax.default_matmul_precision(PRECISIONS[precision]):
                train(jax, recipe, int(batch), options.mnist, options.seconds, line)
        except Exception as problem:  # the other lines are still worth having
            line["error"] = "%s: %s" % (type(problem).__name__, str(problem).split("\n")[0])
        print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
