"""Keras's training arithmetic for stacks of Dense layers, in float64.

This is the yardstick Sinter is measured with. It is written from the formulas
of Keras 3 (named beside each piece as files under keras/src), uses nothing but
NumPy, and shares no code with Sinter. Clarity comes before speed.

Letters: B batch, I inputs, U units, C classes.
"""

import contextlib
import gzip
import math
from dataclasses import dataclass

import numpy as np

# All arithmetic is done in this type. Only precision() changes it, and only to
# see what float32 rounding does to a result.
FLOAT = np.float64

EPSILON = 1e-7  # keras/src/backend/config.py
CLIP = (EPSILON, 1 - EPSILON)
# The same bounds as a float32 engine holds them: 1 - 1e-7 becomes 1 - 1.19e-7,
# so -log(1 - p) of a saturated p is 15.94 there and 16.12 in float64.
CLIP_FLOAT32 = (float(np.float32(CLIP[0])), float(np.float32(CLIP[1])))


@contextlib.contextmanager
def precision(dtype):
    """Runs the block's arithmetic in another floating-point type."""
    global FLOAT
    saved, FLOAT = FLOAT, dtype
    try:
        yield
    finally:
        FLOAT = saved


def to_float(values):
    """Returns the values as an array of the working precision."""
    return np.asarray(values, dtype=FLOAT)


# --- Activations (activations/activations.py) -------------------------------


def relu(z):
    return np.maximum(z, 0)


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow for large |z|."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def softmax(z):
    """exp(z) / sum(exp(z)) along the last axis."""
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def linear(z):
    return z


def softmax_backward(output, upstream):
    inner = (output * upstream).sum(axis=-1, keepdims=True)
    return output * (upstream - inner)


ACTIVATIONS = {
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softmax": softmax,
    "linear": linear,
}

# Each takes an activation's output and the gradient of that output, and
# returns the gradient of the activation's input. The slope of relu at 0 is 0.
BACKWARD = {
    "relu": lambda output, upstream: upstream * (output > 0),
    "sigmoid": lambda output, upstream: upstream * output * (1 - output),
    "tanh": lambda output, upstream: upstream * (1 - output * output),
    "softmax": softmax_backward,
    "linear": lambda output, upstream: upstream,
}


# --- Losses (losses/losses.py, backend/jax/nn.py) ---------------------------
# Each returns (value, gradient): the mean over the batch of the per-sample
# losses, and the gradient of that mean with respect to the first argument,
# [B, C].


def one_hot(labels, classes):
    """Turns class indices [B] or [B, 1] into rows [B, C]."""
    indices = np.asarray(labels).reshape(-1).astype(int)
    return np.eye(classes, dtype=FLOAT)[indices]


def align_labels(labels, predictions):
    """Gives labels [B] the trailing axis of predictions [B, 1], as Keras."""
    labels = to_float(labels)
    if labels.ndim == predictions.ndim - 1 and predictions.shape[-1] == 1:
        labels = labels[..., np.newaxis]
    return labels


def cross_entropy_from_logits(logits, targets):
    """-sum(y log softmax(z)); targets [B, C]."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    value = -(targets * (shifted - log_sum)).sum() / len(logits)
    total = targets.sum(axis=-1, keepdims=True)
    return value, (softmax(logits) * total - targets) / len(logits)


def binary_from_logits(logits, targets):
    """mean over C of max(z, 0) - z y + log(1 + exp(-|z|))."""
    losses = relu(logits) - logits * targets
    losses += np.log1p(np.exp(-np.abs(logits)))
    return losses.mean(), (sigmoid(logits) - targets) / logits.size


def clip(values, bounds):
    """Returns the clipped values and where the gradient passes."""
    low, high = bounds
    passes = (values >= low) & (values <= high)
    return np.clip(values, FLOAT(low), FLOAT(high)), passes


def cross_entropy_from_probabilities(predictions, targets, bounds=CLIP):
    """-sum(y log q), q = clip(p / sum(p)); targets [B, C].

    Not defined where a row of predictions sums to zero.
    """
    total = predictions.sum(axis=-1, keepdims=True)
    shares = predictions / total
    clipped, passes = clip(shares, bounds)
    value = -(targets * np.log(clipped)).sum() / len(predictions)
    slope = -targets / clipped * passes / len(predictions)  # of the shares
    inner = (slope * shares).sum(axis=-1, keepdims=True)
    return value, (slope - inner) / total


def binary_from_probabilities(predictions, targets, bounds=CLIP):
    """mean over C of -(y log q + (1 - y) log(1 - q)), q = clip(p)."""
    q, passes = clip(predictions, bounds)
    losses = -(targets * np.log(q) + (1 - targets) * np.log(1 - q))
    slope = (1 - targets) / (1 - q) - targets / q
    return losses.mean(), slope * passes / predictions.size


def mean_squared_error(predictions, targets):
    """mean over C of (p - y)^2."""
    difference = predictions - targets
    return (difference**2).mean(), 2 * difference / predictions.size


def targets_for(loss, labels, predictions):
    """Returns the labels in the shape [B, C] that the formulas above take."""
    if loss == "sparse_categorical_crossentropy":
        return one_hot(labels, predictions.shape[-1])
    return align_labels(labels, predictions)


def loss_from_logits(loss, logits, labels):
    """Value and gradient of a loss folded with its activation."""
    targets = targets_for(loss, labels, logits)
    if loss == "binary_crossentropy":
        return binary_from_logits(logits, targets)
    if loss in CROSS_ENTROPIES:
        return cross_entropy_from_logits(logits, targets)
    raise ValueError(f"{loss} has no form from logits")


def loss_from_predictions(loss, predictions, labels, bounds=CLIP):
    """Value and gradient of a loss of a layer's outputs."""
    targets = targets_for(loss, labels, predictions)
    if loss == "binary_crossentropy":
        return binary_from_probabilities(predictions, targets, bounds)
    if loss in CROSS_ENTROPIES:
        return cross_entropy_from_probabilities(predictions, targets, bounds)
    if loss == "mean_squared_error":
        return mean_squared_error(predictions, targets)
    raise ValueError(f"unknown loss {loss}")


CROSS_ENTROPIES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
)


def is_fused(loss, activation):
    """Whether the loss reads the logits, as Keras on TensorFlow does."""
    return (activation == "softmax" and loss in CROSS_ENTROPIES) or (
        activation == "sigmoid" and loss == "binary_crossentropy"
    )


def accuracy(labels, predictions):
    """The metric "accuracy", by shapes (trainers/compile_utils.py)."""
    labels = np.asarray(labels)
    if predictions.shape[-1] == 1:
        hits = align_labels(labels, predictions) == (predictions > 0.5)
    elif labels.ndim < predictions.ndim or labels.shape[-1] == 1:
        hits = labels.reshape(-1) == predictions.argmax(axis=-1)
    else:
        hits = labels.argmax(axis=-1) == predictions.argmax(axis=-1)
    return float(hits.mean())


# --- Optimizers (optimizers/{sgd,rmsprop,adam,adamw,base_optimizer}.py) -----


class Optimizer:
    """Changes weights in place, one call of apply a step. Slots start at 0."""

    slot_count = 0

    def __init__(self, learning_rate, weight_decay=None):
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.iterations = 0
        self.slots = None

    def apply(self, weights, gradients):
        if self.slots is None:
            self.slots = [self._zeros(w) for w in weights]
        for w, g, slots in zip(weights, gradients, self.slots):
            if self.weight_decay:
                w -= w * (self.weight_decay * self.learning_rate)
            self.update(w, g, *slots)
        self.iterations += 1

    def _zeros(self, weight):
        return [np.zeros_like(weight) for _ in range(self.slot_count)]

    def update(self, w, g, *slots):
        raise NotImplementedError


class Sgd(Optimizer):
    """w -= lr g, or with momentum: m = mom m - lr g; w += m."""

    slot_count = 1

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum = momentum
        self.nesterov = nesterov

    def update(self, w, g, m):
        if self.momentum == 0:
            w -= self.learning_rate * g
            return
        m[...] = self.momentum * m - self.learning_rate * g
        if self.nesterov:
            w += self.momentum * m - self.learning_rate * g
        else:
            w += m


class RmsProp(Optimizer):
    """w -= lr g / sqrt(v + eps), v a running mean of g^2; eps is inside."""

    slot_count = 3

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0,
                 epsilon=1e-7, centered=False):
        super().__init__(learning_rate)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def update(self, w, g, v, m, average):
        v[...] = self.rho * v + (1 - self.rho) * g * g
        denominator = v + self.epsilon
        if self.centered:
            average[...] = self.rho * average + (1 - self.rho) * g
            denominator = v - average * average + self.epsilon
        increment = self.learning_rate * g / np.sqrt(denominator)
        if self.momentum > 0:
            m[...] = self.momentum * m + increment
            increment = m
        w -= increment


class Adam(Optimizer):
    """w -= a m / (sqrt(v) + eps), a the bias-corrected rate; eps is outside.

    With amsgrad the largest v so far stands in v's place.
    """

    slot_count = 3

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999,
                 epsilon=1e-7, amsgrad=False, weight_decay=None):
        super().__init__(learning_rate, weight_decay)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = amsgrad

    def update(self, w, g, m, v, largest):
        t = self.iterations + 1
        correction = math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        m += (g - m) * (1 - self.beta_1)
        v += (g * g - v) * (1 - self.beta_2)
        if self.amsgrad:
            np.maximum(largest, v, out=largest)
            v = largest
        rate = self.learning_rate * correction
        w -= m * rate / (np.sqrt(v) + self.epsilon)


class AdamW(Adam):
    """Adam after w -= w wd lr, on every weight, biases too."""

    def __init__(self, learning_rate=0.001, weight_decay=0.004, **options):
        super().__init__(learning_rate, weight_decay=weight_decay, **options)


OPTIMIZERS = {"sgd": Sgd, "rmsprop": RmsProp, "adam": Adam, "adamw": AdamW}


# --- Networks ---------------------------------------------------------------


def glorot_uniform(random, inputs, units):
    """U(-L, L), L = sqrt(6 / (I + U)); initializers/random_initializers.py."""
    limit = math.sqrt(6 / (inputs + units))
    return random.uniform(-limit, limit, size=(inputs, units))


def weight_names(layer_count):
    """Keras's names, in order: dense/kernel, dense/bias, dense_1/kernel..."""
    layers = [f"dense_{i}" if i else "dense" for i in range(layer_count)]
    parts = "kernel", "bias"
    return [f"{layer}/{part}" for layer in layers for part in parts]


def glorot_weights(random, units):
    """Initial weights by name, as float32, biases zero; units [I, U1, ...]."""
    arrays = []
    for inputs, outputs in zip(units, units[1:]):
        arrays.append(glorot_uniform(random, inputs, outputs))
        arrays.append(np.zeros(outputs))
    names = weight_names(len(units) - 1)
    return {n: a.astype(np.float32) for n, a in zip(names, arrays)}


@dataclass
class History:
    """Epoch means, and the loss of every batch in order."""

    loss: list
    accuracy: list
    batch_loss: list


class DenseNetwork:
    """Layers act(x W + b), trained on one loss."""

    def __init__(self, weights, activations, loss):
        names = weight_names(len(activations))
        self.weights = {n: np.array(weights[n], dtype=FLOAT) for n in names}
        self.activations = list(activations)
        self.loss = loss
        # The smallest |input| a relu has seen. Rounding that reaches it can
        # flip the relu's slope, and then two correct runs part for good.
        self.relu_margin = math.inf

    def layers(self):
        """The layers as (kernel [I, U], bias [U], activation)."""
        arrays = list(self.weights.values())
        return list(zip(arrays[0::2], arrays[1::2], self.activations))

    def forward(self, x):
        """Returns the inputs of every layer and the output, and the logits."""
        outputs, logits = [x], None
        for kernel, bias, activation in self.layers():
            logits = outputs[-1] @ kernel + bias
            if activation == "relu":
                nearest = float(np.abs(logits).min())
                self.relu_margin = min(self.relu_margin, nearest)
            outputs.append(ACTIVATIONS[activation](logits))
        return outputs, logits

    def gradients(self, x, y):
        """Returns loss, predictions and the gradients in weight order."""
        outputs, logits = self.forward(x)
        value, slope = self._loss(outputs[-1], logits, y)
        gradients = []
        for i, (kernel, _, _) in reversed(list(enumerate(self.layers()))):
            gradients[:0] = [outputs[i].T @ slope, slope.sum(axis=0)]
            if i > 0:
                backward = BACKWARD[self.activations[i - 1]]
                slope = backward(outputs[i], slope @ kernel.T)
        return value, outputs[-1], gradients

    def _loss(self, predictions, logits, y):
        """Returns the loss and its gradient with respect to the logits."""
        last = self.activations[-1]
        if is_fused(self.loss, last):
            return loss_from_logits(self.loss, logits, y)
        value, slope = loss_from_predictions(self.loss, predictions, y)
        return value, BACKWARD[last](predictions, slope)

    def fit(self, x, y, optimizer, batch_size, epochs):
        """Trains on batches in order, a partial last one included."""
        x, y = to_float(x), np.asarray(y)
        history = History([], [], [])
        for _ in range(epochs):
            losses, hits = 0.0, 0.0
            for first in range(0, len(x), batch_size):
                batch = slice(first, first + batch_size)
                xs, ys = x[batch], y[batch]
                value, predictions, gradients = self.gradients(xs, ys)
                optimizer.apply(self.weights.values(), gradients)
                losses += float(value) * len(xs)
                hits += accuracy(ys, predictions) * len(xs)
                history.batch_loss.append(float(value))
            history.loss.append(losses / len(x))
            history.accuracy.append(hits / len(x))
        return history


# --- Files ------------------------------------------------------------------


def read_idx(path):
    """Reads a uint8 IDX file, gzipped or not, in its own shape."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rb") as file:
        content = file.read()
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, 4).astype(int)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * rank)
    if values.size != shape.prod():
        raise ValueError(f"{path}: {values.size} values for shape {shape}")
    return values.reshape(shape)


def read_npy(path):
    """Reads one array."""
    return np.load(path, allow_pickle=False)


def read_npz(path):
    """Reads all arrays by name."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
