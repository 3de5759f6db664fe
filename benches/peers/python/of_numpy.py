"""NumPy: `plain` is the formula as one types it, `out` the same into kept arrays, step by step.

It computes on one thread (but for BLAS). Its random numbers come from SFC64, the fastest it has.
"""

import math

import numpy as np

import data
from protocol import Library

library = Library(lambda: f"numpy {np.__version__}")
generator = np.random.Generator(np.random.SFC64(0))
f32 = np.float32
EPSILON, LAMBDA, DEVIATION = f32(1e-5), f32(0.01), f32(0.1)


def start(threads):
    """BLAS has read OPENBLAS_NUM_THREADS; the rest knows no threads."""


@library.kernel
def layer_norm_forward(case):
    shape = case.rows, case.channels
    x, gamma, beta = data.values(shape, data.X), data.gamma(case.channels), data.beta(case.channels)
    y = np.empty_like(x)

    def plain():
        mean, variance = x.mean(1, keepdims=True), x.var(1, keepdims=True)
        return (x - mean) / np.sqrt(variance + EPSILON) * gamma + beta

    def out():
        np.subtract(x, x.mean(1, keepdims=True), out=y)
        variance = np.einsum("rc,rc->r", y, y) / f32(case.channels)
        np.multiply(y, (1 / np.sqrt(variance + EPSILON))[:, None], out=y)
        np.multiply(y, gamma, out=y)
        return np.add(y, beta, out=y)

    return {"out": out, "plain": plain}


@library.kernel
def layer_norm_backward(case):
    shape = case.rows, case.channels
    x, dy, gamma = data.values(shape, data.X), data.values(shape, data.DY), data.gamma(case.channels)
    mean, rstd = x.mean(1, keepdims=True), 1 / np.sqrt(x.var(1, keepdims=True) + EPSILON)
    h, g, t = (np.empty_like(x) for _ in range(3))

    def plain():
        h = (x - mean) * rstd
        g = dy * gamma
        dgamma, dbeta = (dy * h).sum(0), dy.sum(0)
        dx = rstd * (g - g.mean(1, keepdims=True) - h * (g * h).mean(1, keepdims=True))
        return dx, dgamma, dbeta

    def out():
        np.multiply(np.subtract(x, mean, out=h), rstd, out=h)
        dgamma, dbeta = np.einsum("rc,rc->c", dy, h), dy.sum(0)
        np.multiply(dy, gamma, out=g)
        product = np.einsum("rc,rc->r", g, h)[:, None] / f32(case.channels)
        np.subtract(g, g.mean(1, keepdims=True), out=g)
        np.subtract(g, np.multiply(h, product, out=t), out=g)
        return np.multiply(g, rstd, out=g), dgamma, dbeta

    first = lambda call: lambda: call()[0]
    return {"out": first(out), "plain": first(plain)}


def planes(case):
    """x, dy as outer × channels × inner, and γ, β to go with them."""
    shape = case.outer, case.channels, case.inner
    column = lambda row: row[:, None]
    gamma, beta = column(data.gamma(case.channels)), column(data.beta(case.channels))
    return data.values(shape, data.X), data.values(shape, data.DY), gamma, beta


@library.kernel
def batch_norm_forward(case):
    x, _, gamma, beta = planes(case)
    y, count = np.empty_like(x), f32(case.outer * case.inner)
    running_mean, running_variance = np.zeros_like(gamma), np.ones_like(gamma)

    def average(mean, variance):
        nonlocal running_mean, running_variance
        running_mean = f32(0.9) * running_mean + f32(0.1) * mean
        running_variance = f32(0.9) * running_variance + f32(0.1) * variance * count / (count - 1)

    def plain():
        mean, variance = x.mean((0, 2))[:, None], x.var((0, 2))[:, None]
        average(mean, variance)
        return (x - mean) / np.sqrt(variance + EPSILON) * gamma + beta

    def out():
        mean = x.mean((0, 2))[:, None]
        np.subtract(x, mean, out=y)
        variance = np.einsum("nci,nci->c", y, y)[:, None] / count
        average(mean, variance)
        np.multiply(y, gamma / np.sqrt(variance + EPSILON), out=y)
        return np.add(y, beta, out=y)

    return {"out": out, "plain": plain}


@library.kernel
def batch_norm_backward(case):
    x, dy, gamma, _ = planes(case)
    count = f32(case.outer * case.inner)
    mean, rstd = x.mean((0, 2))[:, None], 1 / np.sqrt(x.var((0, 2))[:, None] + EPSILON)
    h, dx = np.empty_like(x), np.empty_like(x)

    def plain():
        h = (x - mean) * rstd
        dgamma, dbeta = (dy * h).sum((0, 2))[:, None], dy.sum((0, 2))[:, None]
        return gamma * rstd * (dy - dbeta / count - h * dgamma / count)

    def out():
        np.multiply(np.subtract(x, mean, out=h), rstd, out=h)
        dgamma, dbeta = np.einsum("nci,nci->c", dy, h)[:, None], dy.sum((0, 2))[:, None]
        np.subtract(dy, dbeta / count, out=dx)
        np.subtract(dx, np.multiply(h, dgamma / count, out=h), out=dx)
        return np.multiply(dx, gamma * rstd, out=dx)

    return {"out": out, "plain": plain}


def sigmoid(x, y):
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, f32(1), out=y)
    return np.reciprocal(y, out=y)


def forward(formulas):
    def make(case):
        x = data.curve_x(case.n)
        y = np.empty_like(x)
        into, plain = formulas
        return {"out": lambda: into(x, y), "plain": lambda: plain(x)}

    return make


library.family({
    "tanh_forward": (np.tanh, np.tanh),
    "sigmoid_forward": (sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    "relu_forward": (lambda x, y: np.maximum(x, f32(0), out=y), lambda x: np.maximum(x, 0)),
}, forward)  # fmt: skip


def from_tanh(y, dy, dx):
    np.multiply(y, y, out=dx)
    np.subtract(f32(1), dx, out=dx)
    return np.multiply(dx, dy, out=dx)


def from_sigmoid(y, dy, dx):
    np.subtract(f32(1), y, out=dx)
    np.multiply(dx, y, out=dx)
    return np.multiply(dx, dy, out=dx)


def backward(formulas, from_y):
    """The curve, its slope times dy from y into dx, and the same as typed. From x, the curve comes first."""
    curve, into, plain = formulas

    def make(case):
        x, dy = data.curve_x(case.n), data.values(case.n, data.DY)
        dx, y = np.empty_like(x), curve(x, np.empty_like(x))
        if from_y:
            return {"out": lambda: into(y, dy, dx), "plain": lambda: plain(y, dy)}
        plain_from_x = lambda: plain(curve(x, np.empty_like(x)), dy)
        return {"out": lambda: into(curve(x, y), dy, dx), "plain": plain_from_x}

    return make


for name, formulas in {
    "tanh": (np.tanh, from_tanh, lambda y, dy: dy * (1 - y * y)),
    "sigmoid": (sigmoid, from_sigmoid, lambda y, dy: dy * y * (1 - y)),
}.items():
    library.kernels[f"{name}_backward_x"] = backward(formulas, from_y=False)
    library.kernels[f"{name}_backward_y"] = backward(formulas, from_y=True)


@library.kernel
def relu_backward(case):
    x, dy = data.curve_x(case.n), data.values(case.n, data.DY)
    dx, mask = np.empty_like(x), np.empty(case.n, bool)
    out = lambda: np.multiply(dy, np.greater(x, f32(0), out=mask), out=dx)
    return {"out": out, "plain": lambda: dy * (x > 0)}


def penalty(formulas):
    def make(case):
        w = data.values(case.n, data.X)
        kept = np.empty_like(w)
        into, plain = formulas
        return {"out": lambda: into(w, kept), "plain": lambda: plain(w)}

    return make


library.family({
    "l1_value": (lambda w, t: np.abs(w, out=t).sum(), lambda w: np.abs(w).sum()),
    "l2_value": (lambda w, t: f32(0.5) * np.dot(w, w), lambda w: 0.5 * (w**2).sum()),
    "l1_gradient": (lambda w, t: np.multiply(np.sign(w, out=t), LAMBDA, out=t), lambda w: 0.01 * np.sign(w)),
    "l2_gradient": (lambda w, t: np.multiply(w, LAMBDA, out=t), lambda w: 0.01 * w),
}, penalty)  # fmt: skip


@library.kernel
def clip_value(case):
    w = data.values(case.n, data.X)
    kept = w.copy()
    return {"out": lambda: np.clip(kept, f32(-0.5), f32(0.5), out=kept), "plain": lambda: np.clip(w, -0.5, 0.5)}


@library.kernel
def clip_norm(case):
    gradients, thresholds = list(data.lists(case.tensors, case.n)), data.thresholds(case.n)

    def out():
        norm = math.sqrt(sum(float(np.dot(g, g)) for g in gradients))
        factor = f32(min(1.0, next(thresholds) / norm))
        for g in gradients:
            np.multiply(g, factor, out=g)
        return gradients

    return {"out": out}


@library.kernel
def dropout_forward(case):
    x, p = data.values(case.n, data.X), case.p
    factor, numbers, mask, y = f32(1 / (1 - p)), np.empty_like(x), np.empty(case.n, bool), np.empty_like(x)

    def out():
        generator.random(out=numbers, dtype=f32)
        np.greater_equal(numbers, f32(p), out=mask)
        np.multiply(x, mask, out=y)
        return np.multiply(y, factor, out=y)

    return {"out": out, "plain": lambda: x * (generator.random(x.shape, dtype=f32) >= p) / (1 - p)}


@library.kernel
def dropout_backward(case):
    dy = data.values(case.n, data.DY)
    mask = (generator.random(case.n, dtype=f32) >= case.p) * f32(1 / (1 - case.p))
    dx = np.empty_like(dy)
    return {"out": lambda: np.multiply(dy, mask, out=dx), "plain": lambda: dy * mask}


@library.kernel
def uniform_fill(case):
    w = np.empty(case.n, f32)

    def out():
        generator.random(out=w, dtype=f32)
        np.multiply(w, f32(2), out=w)
        return np.subtract(w, f32(1), out=w)

    return {"out": out, "plain": lambda: generator.uniform(-1, 1, case.n).astype(f32)}


@library.kernel
def normal_fill(case):
    w = np.empty(case.n, f32)
    plain = lambda: generator.standard_normal(case.n, dtype=f32)
    return {"out": lambda: generator.standard_normal(out=w, dtype=f32), "plain": plain}


@library.kernel
def noise(case):
    x = data.values(case.n, data.X)
    y = np.empty_like(x)

    def out():
        generator.standard_normal(out=y, dtype=f32)
        np.multiply(y, DEVIATION, out=y)
        return np.add(y, x, out=y)

    return {"out": out, "plain": lambda: x + DEVIATION * generator.standard_normal(case.n, dtype=f32)}
