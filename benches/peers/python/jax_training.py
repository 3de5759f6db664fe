"""One step of training in JAX: one compiled function from parameters to parameters, which are donated.

The same networks and the same rule as in torch_training.py, from the same kind of start.
"""

import itertools

import jax
import jax.numpy as jnp

import data

DIGITS = "64-128-64-10"
RATE, DECAY, THRESHOLD, DROP = 0.2, 1e-3, 1.0, 0.2


def initial(widths, norms):
    """For each dense layer W and b, and behind it γ, β if norms are asked for and it is not the last."""
    layers = []
    for number, (inputs, outputs) in enumerate(itertools.pairwise(widths)):
        key = jax.random.fold_in(jax.random.key(1), number)
        weights = jax.random.normal(key, (inputs, outputs)) * jnp.sqrt(2 / inputs)
        layers.append({"weight": weights, "bias": jnp.zeros(outputs)})
        if norms and number + 2 < len(widths):
            layers[-1] |= {"gamma": jnp.ones(outputs), "beta": jnp.zeros(outputs)}
    return layers


def hidden(layer, a, key):
    """Batch norm, ReLU and dropout behind a dense layer, where it has a norm; else ReLU. With the statistics."""
    if "gamma" not in layer:
        return jax.nn.relu(a), ()
    mean, variance = a.mean(0), a.var(0)
    a = jax.nn.relu((a - mean) * jax.lax.rsqrt(variance + 1e-5) * layer["gamma"] + layer["beta"])
    return jnp.where(jax.random.bernoulli(key, 1 - DROP, a.shape), a / (1 - DROP), 0), (mean, variance)


def loss_of(layers, x, classes, key):
    *before, last = layers
    statistics = []
    for number, layer in enumerate(before):
        x, found = hidden(layer, x @ layer["weight"] + layer["bias"], jax.random.fold_in(key, number))
        statistics.append(found)
    scores = jax.nn.log_softmax(x @ last["weight"] + last["bias"])
    return -jnp.take_along_axis(scores, classes[:, None], 1).mean(), statistics


def step(layers, running, number, x, classes):
    key = jax.random.fold_in(jax.random.key(0), number)
    (loss, found), gradients = jax.value_and_grad(loss_of, has_aux=True)(layers, x, classes, key)
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in jax.tree.leaves(gradients)))
    factor = jnp.minimum(1.0, THRESHOLD / (norm + 1e-6))
    decays = lambda path: DECAY if path[-1].key == "weight" else 0.0
    descend = lambda path, w, g: w - RATE * (factor * g + decays(path) * w)
    layers = jax.tree.map_with_path(descend, layers, gradients)
    return layers, jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, running, found), loss


def training_step(case):
    widths = [int(width) for width in case.layers.split("-")]
    x = jnp.array(data.values((case.batch, widths[0]), data.X))
    classes = jnp.array(data.classes(case.batch, widths[-1]))
    layers = initial(widths, case.layers == DIGITS)
    running = [(jnp.zeros(n), jnp.ones(n)) if case.layers == DIGITS else () for n in widths[1:-1]]
    compiled, number = jax.jit(step, donate_argnums=(0, 1)), itertools.count()

    def call():
        nonlocal layers, running
        layers, running, loss = jax.block_until_ready(compiled(layers, running, next(number), x, classes))
        return loss

    return {"out": call}
