#!/usr/bin/env python3
"""PyTorch on one GPU, training the networks of Sinter: samples per second, a line of JSON each.

    python3 torch_peer.py --seconds 1 --mnist FOLDER mnist-dense:128:float32:eager ...

A piece of work is RECIPE:BATCH:PRECISION:MODE. PRECISION: float32 (TF32 off) or tf32. MODE:
eager     a step as PyTorch's tutorials write it
graph     the whole step, with the gather of its batch, captured into one CUDA graph, and an
          optimizer that can be captured; one launch a step
graphs    the same with several steps in a graph
compile   torch.compile of the model (reduce-overhead) and of the optimizer's step
compiled  torch.compile of the model and of the optimizer's step, several steps in a CUDA graph
gemm      the step's matrix products alone, cuBLAS's, in a CUDA graph: the ceiling of a step
And two ceilings without a recipe: copy (device memory, read and written bytes a second) and
replay (launches a second of a CUDA graph with one empty kernel).

The dataset is on the device, uint8 as MNIST is; each epoch is shuffled there. Whole epochs are
timed, each ended by a synchronization; their median counts.
"""

import argparse
import gzip
import json
import os
import statistics
import struct
import sys
import time

RECIPES = {
    "mnist-dense": ((784, 512, 10), "relu", "rmsprop", 60000, 1 / 255),
    "mnist-sigmoid": ((784, 100, 10), "sigmoid", "sgd", 60000, 1.0),
    "digits01": ((400, 25, 15, 1), "sigmoid", "adam", 1000, 1 / 255),
}
GRAPH_GEMMS = 20
MOST_GRAPH_STEPS = 64
CAPTURED = ("graph", "graphs", "compiled")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=1, help="of timed epochs for each work")
    parser.add_argument("--mnist", help="folder with train-images-idx3-ubyte.gz; drawn without it")
    parser.add_argument("work", nargs="*", help="RECIPE:BATCH:PRECISION:MODE, copy or replay")
    return parser.parse_args()


def idx(folder, name, header):
    """Reads an IDX file, packed or not, as bytes."""
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as file:
        return file.read()[header:]


def samples(torch, recipe, folder):
    """Returns x [N, I] uint8 and y [N] on the device."""
    units, _, _, count, _ = RECIPES[recipe]
    if folder and recipe != "digits01":
        images = bytearray(idx(folder, "train-images-idx3-ubyte", 16))
        labels = bytearray(idx(folder, "train-labels-idx1-ubyte", 8))
        x = torch.frombuffer(images, dtype=torch.uint8).view(-1, units[0])
        y = torch.frombuffer(labels, dtype=torch.uint8).long()
    else:  # drawn: classes differ by their brightness in a part of the picture
        generator = torch.Generator().manual_seed(1)
        y = torch.randint(0, max(2, units[-1]), (count,), generator=generator)
        x = torch.randint(0, 128, (count, units[0]), generator=generator, dtype=torch.uint8)
        for k in range(max(2, units[-1])):
            x[y == k, k * 30 : k * 30 + 30] += 120
    return x.cuda(), y.cuda()


class Training:
    """A network with its optimizer, and a step at a row of the shuffled order."""

    def __init__(self, torch, recipe, batch, mode, folder):
        units, activation, optimizer, _, self.scale = RECIPES[recipe]
        torch.manual_seed(1)
        layers = []
        for i in range(len(units) - 1):
            layers.append(torch.nn.Linear(units[i], units[i + 1]))
            if i < len(units) - 2:
                layers.append(torch.nn.ReLU() if activation == "relu" else torch.nn.Sigmoid())
        self.torch, self.batch, self.mode = torch, batch, mode
        self.model = torch.nn.Sequential(*layers).cuda()
        self.binary = units[-1] == 1
        self.loss = torch.nn.BCEWithLogitsLoss() if self.binary else torch.nn.CrossEntropyLoss()
        captured = {"capturable": True} if mode in CAPTURED else {}
        fused = {"fused": True} if mode in ("graph", "graphs") else {}  # where there is one
        # Keras's defaults. Its RMSprop divides by sqrt(v + eps), PyTorch's by sqrt(v) + eps.
        if optimizer == "rmsprop":
            self.optimizer = torch.optim.RMSprop(
                self.model.parameters(), lr=0.001, alpha=0.9, eps=1e-7, **captured)
        elif optimizer == "adam":
            self.optimizer = torch.optim.Adam(
                self.model.parameters(), lr=0.001, eps=1e-7, **captured, **fused)
        else:
            self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, **fused)
        self.x, self.y = samples(torch, recipe, folder)
        self.count = self.x.shape[0]
        self.order = torch.randperm(self.count, device="cuda")
        self.row = torch.zeros((), dtype=torch.long, device="cuda")
        self.range = torch.arange(batch, device="cuda")
        self.total = torch.zeros((), device="cuda")
        self.steps = self.count // batch
        self.forward, self.update = self.model, self.optimizer.step
        self.graph, self.graph_steps = None, 1
        if mode == "compile":
            self.forward = torch.compile(self.model, mode="reduce-overhead")
            self.update = torch.compile(self.optimizer.step)
        elif mode in CAPTURED:
            if mode == "compiled":
                self.forward = torch.compile(self.model)
                self.update = torch.compile(self.optimizer.step)
            if mode != "graph":
                self.graph_steps = max(
                    k for k in range(1, MOST_GRAPH_STEPS + 1) if self.steps % k == 0)
            self.capture()

    def step(self, rows):
        x = self.x[rows].float() * self.scale
        y = self.y[rows]
        z = self.forward(x)
        loss = self.loss(z.squeeze(1), y.float()) if self.binary else self.loss(z, y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.update()
        self.total += loss.detach()

    def place(self):
        rows = self.order[self.row + self.range]
        self.step(rows)
        self.row += self.batch

    def capture(self):
        torch = self.torch
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self.place()
        torch.cuda.current_stream().wait_stream(stream)
        self.row.zero_()
        self.graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(self.graph):
            for _ in range(self.graph_steps):
                self.place()

    def epoch(self):
        """Trains one epoch of whole batches; returns seconds and the mean loss."""
        torch = self.torch
        start = time.perf_counter()
        self.order.copy_(torch.randperm(self.count, device="cuda"))
        self.row.zero_()
        self.total.zero_()
        if self.graph:
            for _ in range(self.steps // self.graph_steps):
                self.graph.replay()
        else:
            for i in range(self.steps):
                if self.mode == "compile":
                    torch.compiler.cudagraph_mark_step_begin()
                self.step(self.order[i * self.batch : (i + 1) * self.batch])
        loss = self.total.item() / self.steps  # synchronizes
        return time.perf_counter() - start, loss


def timed(run, seconds):
    """Calls run, which returns seconds, until they add up; returns all."""
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        times.append(run())
    return times


def train(torch, recipe, batch, mode, folder, seconds, line):
    training = Training(torch, recipe, batch, mode, folder)
    warm = [training.epoch()[1] for _ in range(3)]
    if not warm[-1] < warm[0]:
        raise RuntimeError("expected the loss to fall, received %g after %g" % (warm[-1], warm[0]))
    done = training.steps * training.batch
    rates = [done / t for t in timed(lambda: training.epoch()[0], seconds)]
    report(line, rates)
    line.update(first_loss=warm[0], last_loss=warm[-1])


def report(line, rates):
    line.update(median=statistics.median(rates), lowest=min(rates), highest=max(rates))
    line.update(epochs=len(rates))


def gemm(torch, recipe, batch, seconds, line):
    """The products of a step: forward, gradients of the weights, gradients of the inputs."""
    units = RECIPES[recipe][0]
    pairs = []
    for i in range(len(units) - 1):
        a = torch.randn(batch, units[i], device="cuda")
        w = torch.randn(units[i], units[i + 1], device="cuda")
        d = torch.randn(batch, units[i + 1], device="cuda")
        pairs.append((a, w, torch.empty_like(d)))
        pairs.append((a.t(), d, torch.empty_like(w)))
        if i > 0:
            pairs.append((d, w.t(), torch.empty_like(a)))
    def products():
        for left, right, result in pairs:
            torch.mm(left, right, out=result)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        products()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(GRAPH_GEMMS):
            products()
    rates = [GRAPH_GEMMS * batch / t for t in timed(lambda: replayed(torch, graph), seconds)]
    report(line, rates)


def replayed(torch, graph):
    start = torch.cuda.Event(enable_timing=True)
    end = torch.cuda.Event(enable_timing=True)
    start.record()
    graph.replay()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1000


def copy(torch, seconds, line):
    source = torch.empty(1 << 28, dtype=torch.uint8, device="cuda").zero_()
    target = torch.empty_like(source)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(4):
            target.copy_(source)
    report(line, [8 * (1 << 28) / t for t in timed(lambda: replayed(torch, graph), seconds)])


def replay(torch, seconds, line):
    value = torch.zeros(1, device="cuda")
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        value += 1
    def launches():
        start = time.perf_counter()
        for _ in range(1000):
            graph.replay()
        torch.cuda.synchronize()
        return time.perf_counter() - start
    report(line, [1000 / t for t in timed(launches, seconds)])


def main():
    options = arguments()
    try:
        import torch
    except ImportError as problem:
        print("torch_peer.py: PyTorch is not installed (%s)" % problem, file=sys.stderr)
        return 2
    if not torch.cuda.is_available():
        print("torch_peer.py: PyTorch finds no CUDA device", file=sys.stderr)
        return 2
    print(json.dumps({
        "torch": torch.__version__, "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(), "device": torch.cuda.get_device_name(0)}),
        flush=True)
    for text in options.work:
        line = {"work": text}
        try:
            if text == "copy":
                copy(torch, options.seconds, line)
            elif text == "replay":
                replay(torch, options.seconds, line)
            else:
                recipe, batch, precision, mode = text.split(":")
                tf32 = precision == "tf32"
                torch.backends.cuda.matmul.allow_tf32 = tf32
                torch.backends.cudnn.allow_tf32 = tf32
                if mode == "gemm":
                    gemm(torch, recipe, int(batch), options.seconds, line)
                else:
                    train(torch, recipe, int(batch), mode, options.mnist, options.seconds, line)
        except Exception as problem:  # the other lines are still worth having
            line["error"] = "%s: %s" % (type(problem).__name__, str(problem).split("\n")[0])
        print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
