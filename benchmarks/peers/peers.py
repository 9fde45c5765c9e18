#!/usr/bin/env python3
"""Python's NumPy and PyTorch on the three networks of Sinter, samples per second.

    python3 peers.py --trainer numpy --recipe mnist-dense --batch 128 --threads 2 --out numpy.json

Uses whatever python3 has and says in one line what is missing. Results are a list in the form of
JMH's JSON, so that they can be joined with those of the Java benchmarks: StepBenchmark.train is a
bare training step, InferenceBenchmark.forward a bare forward pass. Each trainer must learn before it
is timed: the loss on samples it does not train on has to fall, and on mnist-dense the accuracy has
to reach 0.8. Batches are slices of shuffled arrays that were made before the clock started.

Samples: --data FOLDER with train-x.npy, train-y.npy, test-x.npy, test-y.npy, which
dev.sinter.benchmarks.ExportData writes: the very samples of the Java benchmarks. Without it, drawn
here: ten (or two) smooth patterns with noise.
"""

import argparse
import itertools
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time

STEP = "dev.sinter.benchmarks.StepBenchmark.train"
FORWARD = "dev.sinter.benchmarks.InferenceBenchmark.forward"
TRAINERS = ("numpy", "pytorch", "pytorch-compile")
OPTIMIZERS = ("rmsprop", "adam", "sgd")

# Units of each layer, activation between them, Keras's default optimizer, scale of uint8 pixels.
RECIPES = {
    "mnist-dense": ((784, 512, 10), "relu", "rmsprop", 1 / 255),
    "mnist-sigmoid": ((784, 100, 10), "sigmoid", "sgd", 1.0),
    "digits01": ((400, 25, 15, 1), "sigmoid", "adam", 1 / 255),
}
LEARNING_RATES = {"rmsprop": 0.001, "adam": 0.001, "sgd": 0.01}
EPSILON = 1e-7

QUALITY_SAMPLES = 2000
ROUND_SAMPLES = 1 << 14
MOST_ROUNDS = 60
LOSS_SHARE = 0.95
ACCURACY = 0.8


class Refused(Exception):
    """This trainer cannot do this work here; the message says why."""


def numbers(text):
    """Parses a list such as 32,128."""
    values = [int(part) for part in text.split(",")]
    if any(value < 1 for value in values):
        raise argparse.ArgumentTypeError("expected numbers of at least 1, received " + text)
    return values


def names(allowed):
    def parse(text):
        values = text.split(",")
        for value in values:
            if value not in allowed:
                raise argparse.ArgumentTypeError(
                    "expected some of %s, received %s" % (", ".join(allowed), value)
                )
        return values

    return parse


def arguments(line):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trainer", type=names(TRAINERS), default=["numpy", "pytorch"])
    parser.add_argument("--recipe", type=names(RECIPES), default=["mnist-dense"])
    parser.add_argument("--batch", type=numbers, default=[128])
    parser.add_argument("--threads", type=int, default=0, help="0: as the library chooses")
    parser.add_argument(
        "--optimizer",
        type=names(OPTIMIZERS + ("default",)),
        default=["default"],
        help="default: the recipe's own",
    )
    parser.add_argument("--seconds", type=float, default=2, help="of each repeat")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", help="folder with train-x.npy, train-y.npy, test-x.npy, test-y.npy")
    parser.add_argument("--samples", type=int, default=20000, help="training samples to draw")
    parser.add_argument("--out", help="JSON file; standard output without it")
    options = parser.parse_args(line)
    if options.threads < 0 or options.repeats < 1 or not options.seconds > 0:
        parser.error("expected threads of at least 0, repeats of at least 1 and some seconds")
    if options.samples < 1:
        parser.error("expected --samples of at least 1, received %d" % options.samples)
    return options


# Samples -----------------------------------------------------------------------------------------


def drawn(np, recipe, count, rng):
    """Draws patterns [count, I] uint8 and classes [count]."""
    inputs, outputs = RECIPES[recipe][0][0], RECIPES[recipe][0][-1]
    classes = max(2, outputs)
    side = math.isqrt(inputs)
    grid = np.linspace(-1, 1, side)
    shapes = np.random.default_rng(7).uniform(-0.7, 0.7, (classes, 3, 2))  # blobs of each class
    patterns = np.zeros((classes, side, side))
    for pattern, blobs in zip(patterns, shapes):
        for row, column in blobs:
            pattern += np.exp(-20 * ((grid[:, None] - row) ** 2 + (grid[None, :] - column) ** 2))
    y = rng.integers(0, classes, count)
    x = patterns.reshape(classes, inputs)[y] * rng.uniform(0.6, 1, (count, 1))
    x += rng.normal(0, 0.15, x.shape)
    return (np.clip(x, 0, 1) * 255).astype(np.uint8), y


def load(np, folder, name):
    path = os.path.join(folder, name + ".npy")
    try:
        return np.load(path)
    except (OSError, ValueError) as error:
        return fail("%s: expected an .npy file, received %s" % (path, error))


def samples(np, recipe, options, batch):
    """Returns x float32 [N, I] and y int64 [N], for training and for tests, in random order."""
    rng = np.random.default_rng(1)
    sets = []
    for part, count in (("train", max(options.samples, batch)), ("test", 10000)):
        if options.data:
            x, y = load(np, options.data, part + "-x"), load(np, options.data, part + "-y")
        else:
            x, y = drawn(np, recipe, count, rng)
        if y.ndim == 2 and y.shape[1] > 1:
            y = y.argmax(axis=1)
        scale = RECIPES[recipe][3] if x.dtype == np.uint8 else 1.0
        x = x.reshape(len(x), -1).astype(np.float32) * np.float32(scale)
        y = y.reshape(-1).astype(np.int64)
        if x.shape[1] != RECIPES[recipe][0][0] or len(x) != len(y):
            fail("%s set of %s: expected [N, %d] and N labels, received %s and %d"
                 % (part, recipe, RECIPES[recipe][0][0], list(x.shape), len(y)))
        if len(x) < batch:
            copies = -(-batch // len(x))
            x, y = np.tile(x, (copies, 1)), np.tile(y, copies)
        order = rng.permutation(len(x))
        sets += [np.ascontiguousarray(x[order]), y[order]]
    return sets


def fail(message):
    print(message, file=sys.stderr)
    raise SystemExit(2)


# NumPy -------------------------------------------------------------------------------------------


class NumpyNetwork:
    """Keras's formulas on preallocated arrays; one flat vector each for weights and gradients."""

    def __init__(self, np, recipe, batch, optimizer):
        self.np, self.units, self.hidden = np, RECIPES[recipe][0], RECIPES[recipe][1]
        self.binary = self.units[-1] == 1
        self.optimizer = optimizer
        shapes = [(i, u) for i, u in zip(self.units, self.units[1:])]
        size = sum(i * u + u for i, u in shapes)
        self.w, self.g = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.slots = [np.zeros(size, np.float32) for _ in range(3)]
        self.layers, rng, start = [], np.random.default_rng(1), 0
        for i, u in shapes:
            views = [
                (flat[start : start + i * u].reshape(i, u), flat[start + i * u : start + i * u + u])
                for flat in (self.w, self.g)
            ]
            limit = math.sqrt(6 / (i + u))
            views[0][0][:] = rng.uniform(-limit, limit, (i, u))
            self.layers.append(views)
            start += i * u + u
        self.buffers(batch)
        self.steps = 0

    def buffers(self, batch):
        np = self.np
        self.a = [np.zeros((batch, u), np.float32) for u in self.units[1:]]
        self.dz = [np.zeros((batch, u), np.float32) for u in self.units[1:]]
        self.scratch = np.zeros(self.w.shape, np.float32)
        self.rows = np.arange(batch)

    def version(self):
        return "NumPy %s on Python %s" % (self.np.__version__, platform.python_version())

    def forward(self, x, a=None):
        """Fills a with each layer's outputs; the last one's are logits."""
        np, out = self.np, self.a if a is None else a
        for index, ((weights, bias), _) in enumerate(self.layers):
            np.matmul(x, weights, out=out[index])
            out[index] += bias
            if index < len(self.layers) - 1:
                self.activate(out[index])
            x = out[index]
        return x

    def activate(self, z):
        np = self.np
        if self.hidden == "relu":
            np.maximum(z, 0, out=z)
        else:
            self.sigmoid(z)

    def sigmoid(self, z):
        np = self.np
        np.clip(z, -40, 40, out=z)  # beyond, the gradients are subnormal numbers, which are slow
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        np.reciprocal(z, out=z)

    def probabilities(self, z):
        """Softmax or sigmoid in place."""
        np = self.np
        if self.binary:
            self.sigmoid(z)
        else:
            z -= z.max(axis=1, keepdims=True)
            np.exp(z, out=z)
            z /= z.sum(axis=1, keepdims=True)

    def predict(self, x):
        z = self.forward(x)
        self.probabilities(z)
        return z

    def step(self, x, y):
        np, batch = self.np, len(x)
        z = self.forward(x)
        dz = self.dz[-1]
        dz[:] = z
        self.probabilities(dz)
        if self.binary:
            dz[:, 0] -= y
        else:
            dz[self.rows, y] -= 1
        dz /= batch
        for index in range(len(self.layers) - 1, -1, -1):
            (weights, _), (d_weights, d_bias) = self.layers[index]
            source = x if index == 0 else self.a[index - 1]
            np.matmul(source.T, self.dz[index], out=d_weights)
            np.sum(self.dz[index], axis=0, out=d_bias)
            if index > 0:
                np.matmul(self.dz[index], weights.T, out=self.dz[index - 1])
                if self.hidden == "relu":
                    self.dz[index - 1] *= source > 0
                else:
                    self.dz[index - 1] *= source * (1 - source)
        self.update()

    def update(self):
        np, w, g, t = self.np, self.w, self.g, self.scratch
        rate = np.float32(LEARNING_RATES[self.optimizer])
        self.steps += 1
        if self.optimizer == "sgd":
            np.multiply(g, rate, out=t)
        elif self.optimizer == "rmsprop":
            v = self.slots[0]
            v *= np.float32(0.9)
            np.multiply(g, g, out=t)
            t *= np.float32(0.1)
            v += t
            np.add(v, np.float32(EPSILON), out=t)
            np.sqrt(t, out=t)
            np.divide(g, t, out=t)
            t *= rate
        else:
            m, v, u = self.slots
            np.subtract(g, m, out=t)
            t *= np.float32(0.1)
            m += t
            np.multiply(g, g, out=t)
            t -= v
            t *= np.float32(0.001)
            v += t
            corrected = rate * math.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
            np.sqrt(v, out=t)
            t += np.float32(EPSILON)
            np.multiply(m, np.float32(corrected), out=u)
            np.divide(u, t, out=t)
        w -= t

    def quality(self, x, y):
        np = self.np
        z = self.forward(x, [np.zeros((len(x), u), np.float32) for u in self.units[1:]])
        self.probabilities(z)
        p = np.where(y == 1, z[:, 0], 1 - z[:, 0]) if self.binary else z[np.arange(len(x)), y]
        chosen = z[:, 0] > 0.5 if self.binary else z.argmax(axis=1)
        return float(-np.log(np.maximum(p, 1e-7)).mean()), float((chosen == y).mean())


# PyTorch -----------------------------------------------------------------------------------------


class TorchNetwork:
    """Linear layers, logits into the loss, the fused optimizer where this PyTorch has it."""

    def __init__(self, torch, recipe, batch, optimizer, threads, compiled):
        self.torch = torch
        if threads > 0:
            torch.set_num_threads(threads)
        torch.manual_seed(1)
        units, hidden = RECIPES[recipe][:2]
        self.binary = units[-1] == 1
        modules = []
        for i, u in zip(units, units[1:]):
            modules += [torch.nn.Linear(i, u), torch.nn.ReLU() if hidden == "relu" else torch.nn.Sigmoid()]
            torch.nn.init.xavier_uniform_(modules[-2].weight)
            torch.nn.init.zeros_(modules[-2].bias)
        self.model = torch.nn.Sequential(*modules[:-1])
        self.loss = torch.nn.BCEWithLogitsLoss() if self.binary else torch.nn.CrossEntropyLoss()
        self.optimizer = self.make(optimizer)
        self.compiled = compiled
        self.run = lambda x, y: self.loss(self.model(x), y)
        self.infer = self.model
        if compiled:
            self.run, self.infer = torch.compile(self.run), torch.compile(self.model)

    def make(self, optimizer):
        torch, parameters = self.torch, self.model.parameters
        rate = LEARNING_RATES[optimizer]
        if optimizer == "rmsprop":  # no fused kernel; epsilon stands outside the root
            return torch.optim.RMSprop(parameters(), lr=rate, alpha=0.9, eps=EPSILON, foreach=True)
        kinds = {"adam": (torch.optim.Adam, {"eps": EPSILON}), "sgd": (torch.optim.SGD, {})}
        kind, settings = kinds[optimizer]
        try:
            return kind(parameters(), lr=rate, fused=True, **settings)
        except (RuntimeError, TypeError):  # before PyTorch 2.4 a CPU has none
            return kind(parameters(), lr=rate, foreach=True, **settings)

    def version(self):
        return "PyTorch %s%s on Python %s, %d threads" % (
            self.torch.__version__,
            ", torch.compile" if self.compiled else ", eager",
            platform.python_version(),
            self.torch.get_num_threads(),
        )

    def tensors(self, x, y):
        y = self.torch.from_numpy(y)
        return self.torch.from_numpy(x), y.float().reshape(-1, 1) if self.binary else y

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        self.run(x, y).backward()
        self.optimizer.step()

    def predict(self, x):
        with self.torch.inference_mode():
            z = self.infer(x)
            return z.sigmoid() if self.binary else z.softmax(dim=1)

    def quality(self, x, y):
        with self.torch.no_grad():
            z = self.model(x)
            chosen = (z > 0).float() if self.binary else z.argmax(dim=1)
            return float(self.loss(z, y)), float((chosen == y).float().mean())


# Measuring ---------------------------------------------------------------------------------------


class Bench:
    """A network with its samples; runs steps around and around."""

    def __init__(self, network, sets, batch):
        self.network, self.batch = network, batch
        x, y, test_x, test_y = sets
        if isinstance(network, TorchNetwork):
            x, y = network.tensors(x, y)
            test_x, test_y = network.tensors(test_x, test_y)
        self.train = self.batches(x, y)
        self.test = self.batches(test_x, test_y)
        self.held_out = test_x[:QUALITY_SAMPLES], test_y[:QUALITY_SAMPLES]
        self.next = 0

    def batches(self, x, y):
        size = self.batch
        return [(x[i : i + size], y[i : i + size]) for i in range(0, len(x) - size + 1, size)]

    def train_steps(self, count):
        for _ in range(count):
            self.network.step(*self.train[self.next % len(self.train)])
            self.next += 1

    def forward_steps(self, count):
        for _ in range(count):
            self.network.predict(self.test[self.next % len(self.test)][0])
            self.next += 1

    def learn(self, recipe):
        """Trains until the network has learned; returns one line, or refuses."""
        before = after = self.network.quality(*self.held_out)
        bound = ACCURACY if recipe == "mnist-dense" else 0
        for round_ in range(1, MOST_ROUNDS + 1):
            self.train_steps(max(1, ROUND_SAMPLES // self.batch))
            after = self.network.quality(*self.held_out)
            if after[0] < LOSS_SHARE * before[0] and after[1] >= bound:
                return "after about %d samples: held-out loss %.3f to %.3f, accuracy %.3f to %.3f" % (
                    round_ * max(ROUND_SAMPLES, self.batch),
                    before[0],
                    after[0],
                    before[1],
                    after[1],
                )
        raise Refused(
            "did not learn: expected a held-out loss below %.3f and an accuracy of at least %.2f,"
            " received %.3f and %.3f" % (LOSS_SHARE * before[0], bound, after[0], after[1])
        )

    def rate(self, steps, seconds):
        """Returns samples a second over some time."""
        chunk, done, start = 1, 0, time.perf_counter()
        while True:
            steps(chunk)
            done += chunk
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                return done * self.batch / elapsed
            chunk = max(1, int(done / elapsed * min(0.05, seconds - elapsed)))  # clock seldom read


def result(benchmark, params, rates, options):
    return {
        "benchmark": benchmark,
        "mode": "thrpt",
        "threads": 1,
        "forks": 1,
        "vmName": "CPython",
        "vmVersion": platform.python_version(),
        "warmupIterations": 1,
        "measurementIterations": options.repeats,
        "measurementTime": "%g s" % options.seconds,
        "params": params,
        "primaryMetric": {
            "score": statistics.median(rates),
            "scoreError": (max(rates) - min(rates)) / 2,  # half the range
            "scoreUnit": "samples/s",
            "rawData": [rates],
        },
        "secondaryMetrics": {},
    }


def network(trainer, modules, recipe, batch, optimizer, threads):
    if trainer == "numpy":
        return NumpyNetwork(modules["numpy"], recipe, batch, optimizer)
    return TorchNetwork(modules["torch"], recipe, batch, optimizer, threads, trainer.endswith("compile"))


def measure(trainer, modules, recipe, batch, optimizer, options):
    """Returns the results of one trainer on one work."""
    own = RECIPES[recipe][2] if optimizer == "default" else optimizer
    trained = network(trainer, modules, recipe, batch, own, options.threads)
    bench = Bench(trained, samples(modules["numpy"], recipe, options, batch), batch)
    try:
        proof = bench.learn(recipe)
    except Refused:
        raise
    except Exception as error:  # torch.compile wants a C++ compiler, and fails in many ways
        if not trainer.endswith("compile"):
            raise
        raise Refused("torch.compile: " + str(error).strip().split("\n")[0]) from error
    params = {
        "trainer": trainer,
        "recipe": recipe,
        "batch": str(batch),
        "threads": str(options.threads),
        "optimizer": optimizer,
    }
    note("%s, %s, batch %d, %s: %s" % (trainer, recipe, batch, own, trained.version()))
    note("learned: " + proof)
    results = []
    for name, steps in ((STEP, bench.train_steps), (FORWARD, bench.forward_steps)):
        bench.rate(steps, options.seconds)  # warm-up
        rates = [bench.rate(steps, options.seconds) for _ in range(options.repeats)]
        results.append(result(name, params, rates, options))
        note("%s %.0f samples/s" % (name.split("benchmarks.")[1], statistics.median(rates)))
    return results


def note(text):
    print("# " + text, file=sys.stderr, flush=True)


def needed(trainer):
    return ["numpy"] if trainer == "numpy" else ["numpy", "torch"]


def module(name):
    try:
        return __import__(name)
    except ImportError:
        return None


def environment():
    prefixes = ("OMP_", "GOMP_", "KMP_", "OPENBLAS_", "MKL_", "BLIS_", "DNNL_", "ONEDNN_")
    found = {name: value for name, value in os.environ.items() if name.startswith(prefixes)}
    note("environment: " + (" ".join("%s=%s" % pair for pair in sorted(found.items())) or "nothing set"))


def write(results, path):
    text = json.dumps(results, indent=2) + "\n"
    if path is None:
        sys.stdout.write(text)
        return
    folder = os.path.dirname(os.path.abspath(path))
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".peers")
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        fail("%s: cannot be written: %s" % (path, error.strerror))


def main(line):
    options = arguments(line)
    if options.threads > 0:  # read once, when the libraries load
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(options.threads)
    environment()
    modules = {name: module(name) for name in ("numpy", "torch")}
    results = []
    for trainer in options.trainer:
        missing = [name for name in needed(trainer) if modules[name] is None]
        if missing:
            note("%s: left out: python3 has no module %s" % (trainer, " and no ".join(missing)))
            continue
        for recipe, batch, optimizer in itertools.product(
            options.recipe, options.batch, options.optimizer
        ):
            try:
                results += measure(trainer, modules, recipe, batch, optimizer, options)
            except Refused as refusal:
                note("%s, %s, batch %d: left out: %s" % (trainer, recipe, batch, refusal))
    write(results, options.out)


if __name__ == "__main__":
    main(sys.argv[1:])
