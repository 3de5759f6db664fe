"""JAX, compiled by XLA: `plain` is a function under `jit`, `out` gives it the last result's memory
back (a donated argument). `rbg` draws with XLA's own generator where `out` draws with JAX's.
"""

import itertools
import math

import jax
import jax.numpy as jnp
from jax import lax

import data
import jax_training
from protocol import Library

library = Library(lambda: f"jax {jax.__version__}; jaxlib {jax.lib.__version__}")
EPSILON, LAMBDA, DEVIATION = 1e-5, 0.01, 0.1


def start(threads):
    """XLA takes its number of threads from NPROC, which is set before it starts."""
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_cpu_enable_async_dispatch", False)


def values(shape, seed):
    return jnp.array(data.values(shape, seed))


def first(result):
    return result[0] if isinstance(result, tuple) else result


def plain(function, *operands):
    compiled = jax.jit(function)
    return lambda: first(jax.block_until_ready(compiled(*operands)))


def donated(function, *operands):
    """The first result, of the first operand's shape, takes the memory of the first result before."""
    compiled = jax.jit(lambda memory, *operands: function(*operands), donate_argnums=0, keep_unused=True)
    memory = jnp.zeros_like(operands[0])

    def call():
        nonlocal memory
        result = jax.block_until_ready(compiled(memory, *operands))
        memory = first(result)
        return memory

    return call


def twice(function, *operands):
    return {"out": donated(function, *operands), "plain": plain(function, *operands)}


def normalize(x, gamma, beta, axes):
    mean = x.mean(axes, keepdims=True)
    variance = jnp.square(x - mean).mean(axes, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + EPSILON) * gamma + beta, mean, variance


def back(x, dy, gamma, mean, rstd, over, averaged):
    """∂/∂x, ∂/∂γ, ∂/∂β; γ stands inside the averages of layer norm, and of batch norm it may."""
    h, g = (x - mean) * rstd, dy * gamma
    dx = rstd * (g - g.mean(averaged, keepdims=True) - h * (g * h).mean(averaged, keepdims=True))
    return dx, (dy * h).sum(over), dy.sum(over)


def normalization(case, wide, shape, averaged, over, batch):
    """Forward and backward over `averaged`, parameters summed over `over`; a batch's statistics are averaged too."""
    x, dy = values(shape, data.X), values(shape, data.DY)
    gamma, beta = (jnp.array(each(case.channels)).reshape(wide) for each in (data.gamma, data.beta))

    def forward(x, gamma, beta, running):
        y, mean, variance = normalize(x, gamma, beta, averaged)
        blend = lambda old, new: 0.9 * old + 0.1 * new
        return y, mean, variance, jax.tree.map(blend, running, (mean, variance)) if batch else None

    _, mean, variance = normalize(x, gamma, beta, averaged)
    rstd = lax.rsqrt(variance + EPSILON)
    backward = lambda x, dy, gamma, mean, rstd: back(x, dy, gamma, mean, rstd, over, averaged)
    return (forward, x, gamma, beta, (mean, variance)), (backward, x, dy, gamma, mean, rstd)


def layer(case):
    return normalization(case, (1, case.channels), (case.rows, case.channels), 1, 0, batch=False)


def batch(case):
    shape, axes = (case.outer, case.channels, case.inner), (0, 2)
    if case.inner == 1:
        return normalization(case, (1, case.channels), shape[:2], 0, 0, batch=True)
    return normalization(case, (1, case.channels, 1), shape, axes, axes, batch=True)


library.kernels |= {
    "layer_norm_forward": lambda case: twice(*layer(case)[0]),
    "layer_norm_backward": lambda case: twice(*layer(case)[1]),
    "batch_norm_forward": lambda case: twice(*batch(case)[0]),
    "batch_norm_backward": lambda case: twice(*batch(case)[1]),
}


def from_x(function):
    return lambda case: twice(function, jnp.array(data.curve_x(case.n)))


def slope(function, curve=lambda x: x):
    """dx by dy and x, or by dy and y = curve(x)."""
    return lambda case: twice(function, values(case.n, data.DY), curve(jnp.array(data.curve_x(case.n))))


def from_w(function):
    return lambda case: twice(function, values(case.n, data.X))


def total(function):
    return lambda case: {"plain": plain(function, values(case.n, data.X))}


def tanh_slope(dy, y):
    return dy * (1 - y * y)


def sigmoid_slope(dy, y):
    return dy * y * (1 - y)


library.kernels |= {
    "tanh_forward": from_x(jnp.tanh),
    "sigmoid_forward": from_x(jax.nn.sigmoid),
    "relu_forward": from_x(jax.nn.relu),
    "tanh_backward_x": slope(lambda dy, x: tanh_slope(dy, jnp.tanh(x))),
    "sigmoid_backward_x": slope(lambda dy, x: sigmoid_slope(dy, jax.nn.sigmoid(x))),
    "tanh_backward_y": slope(tanh_slope, jnp.tanh),
    "sigmoid_backward_y": slope(sigmoid_slope, jax.nn.sigmoid),
    "relu_backward": slope(lambda dy, x: jnp.where(x > 0, dy, 0)),
    "l1_value": total(lambda w: jnp.abs(w).sum()),
    "l2_value": total(lambda w: 0.5 * jnp.square(w).sum()),
    "l1_gradient": from_w(lambda w: LAMBDA * jnp.sign(w)),
    "l2_gradient": from_w(lambda w: LAMBDA * w),
}


def in_place(function, operands, *others):
    """The operand's own memory is donated."""
    compiled = jax.jit(function, donate_argnums=0)

    def call():
        nonlocal operands
        operands = jax.block_until_ready(compiled(operands, *(next(other) for other in others)))
        return operands

    return call


@library.kernel
def clip_value(case):
    clip = lambda w: jnp.clip(w, -0.5, 0.5)
    return {"out": in_place(clip, values(case.n, data.X)), "plain": plain(clip, values(case.n, data.X))}


@library.kernel
def clip_norm(case):
    """A thousand tensors are a thousand outputs of one compiled function."""

    def clip(gradients, threshold):
        norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in gradients))
        factor = jnp.minimum(1.0, threshold / norm)
        return [g * factor for g in gradients]

    gradients = [jnp.array(each) for each in data.lists(case.tensors, case.n)]
    return {"out": in_place(clip, gradients, data.thresholds(case.n))}


def drawing(function, *operands):
    """A function that takes a key first gets another one in each call: the key, and how many calls were before."""

    def variant(make, kind):
        key, number = jax.random.key(0, impl=kind), itertools.count()
        compiled = make(lambda number, *operands: function(jax.random.fold_in(key, number), *operands), number)
        return compiled

    def donating(drawn, number):
        compiled = jax.jit(lambda memory, *all: drawn(*all), donate_argnums=0, keep_unused=True)
        memory = jnp.zeros_like(operands[0])

        def call():
            nonlocal memory
            memory = jax.block_until_ready(compiled(memory, next(number), *operands))
            return memory

        return call

    def fresh(drawn, number):
        compiled = jax.jit(drawn)
        return lambda: jax.block_until_ready(compiled(next(number), *operands))

    return {
        "out": variant(donating, "threefry2x32"),
        "rbg": variant(donating, "unsafe_rbg"),
        "plain": variant(fresh, "threefry2x32"),
    }


@library.kernel
def dropout_forward(case):
    keep = 1 - case.p
    drop = lambda key, x: jnp.where(jax.random.bernoulli(key, keep, x.shape), x / keep, 0)
    return drawing(drop, values(case.n, data.X))


@library.kernel
def dropout_backward(case):
    keep = 1 - case.p
    mask = jax.random.bernoulli(jax.random.key(0), keep, (case.n,))
    return twice(lambda dy, mask: jnp.where(mask, dy / keep, 0), values(case.n, data.DY), mask)


@library.kernel
def uniform_fill(case):
    fill = lambda key, w: jax.random.uniform(key, w.shape, minval=-1.0, maxval=1.0)
    return drawing(fill, jnp.zeros(case.n))


@library.kernel
def normal_fill(case):
    return drawing(lambda key, w: jax.random.normal(key, w.shape), jnp.zeros(case.n))


@library.kernel
def noise(case):
    add = lambda key, x: x + DEVIATION * jax.random.normal(key, x.shape)
    return drawing(add, values(case.n, data.X))


@library.kernel
def rotation(case):
    height, width, angle = case.height, case.width, math.radians(case.angle)
    x = values((case.images, case.channels, height, width), data.X)
    v, u = jnp.arange(height)[:, None] - (height - 1) / 2, jnp.arange(width) - (width - 1) / 2
    s = (height - 1) / 2 + math.sin(angle) * u + math.cos(angle) * v
    t = (width - 1) / 2 + math.cos(angle) * u - math.sin(angle) * v
    one = lambda plane, s, t: jax.scipy.ndimage.map_coordinates(plane, [s, t], order=1)
    every = jax.vmap(jax.vmap(one, (0, None, None)), (0, None, None))
    return twice(every, x, s, t)


library.kernel(jax_training.training_step)
