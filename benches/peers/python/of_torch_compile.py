"""PyTorch through `torch.compile`: its formulas turned into C++ when a case begins, which takes seconds.

A process of its own beside PyTorch as it is, so that a run can do without. `out` is compiled with the
copy into a kept tensor, which the compiler makes the place of the result. What it compiled lies in .cache.
"""

import math
import os
import pathlib

os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(pathlib.Path(__file__).with_name(".cache")))
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch.nn.functional as F

import data
import of_torch
import torch_training
from of_torch import DEVIATION, EPSILON, LAMBDA, aten, own, parameters, values
from protocol import Library

library = Library(lambda: f"{of_torch.library.versions()}; torch.compile", of_torch.library.to_numpy)
start = of_torch.start


def compiled(function, *operands):
    torch._dynamo.reset()
    call = torch.compile(function, fullgraph=True, dynamic=False)
    return lambda: call(*operands)


def into(function, *operands):
    """The first result, of the first operand's shape, goes to a kept tensor."""

    def copying(y, *operands):
        result = function(*operands)
        first, *others = result if isinstance(result, tuple) else (result,)
        y.copy_(first)
        return others

    y = torch.empty_like(operands[0])
    call = compiled(copying, y, *operands)

    def out():
        call()
        return y

    return {"out": out}


@library.kernel
def layer_norm_forward(case):
    x, (gamma, beta) = values((case.rows, case.channels), data.X), parameters(case.channels)
    return into(lambda x, gamma, beta: F.layer_norm(x, (case.channels,), gamma, beta, EPSILON), x, gamma, beta)


@library.kernel
def layer_norm_backward(case):
    shape, width = (case.rows, case.channels), (case.channels,)
    x, dy, (gamma, beta) = values(shape, data.X), values(shape, data.DY), parameters(case.channels)
    _, *saved = torch.native_layer_norm(x, width, gamma, beta, EPSILON)
    call = aten.native_layer_norm_backward
    return into(
        lambda dy, x, mean, rstd, gamma, beta: call(dy, x, width, mean, rstd, gamma, beta, [True] * 3),
        dy, x, *saved, gamma, beta,
    )  # fmt: skip


@library.kernel
def batch_norm_forward(case):
    x, parts = values(of_torch.image_shape(case), data.X), parameters(case.channels)
    running = torch.zeros(case.channels), torch.ones(case.channels)
    return into(
        lambda x, gamma, beta, mean, variance: F.batch_norm(x, mean, variance, gamma, beta, True, 0.1, EPSILON),
        x, *parts, *running,
    )  # fmt: skip


@library.kernel
def batch_norm_backward(case):
    shape, (gamma, beta) = of_torch.image_shape(case), parameters(case.channels)
    x, dy, running = values(shape, data.X), values(shape, data.DY), (torch.zeros_like(gamma), torch.ones_like(gamma))
    _, *saved = torch.native_batch_norm(x, gamma, beta, *running, True, 0.1, EPSILON)
    call = aten.native_batch_norm_backward
    return into(
        lambda dy, x, gamma, mean, variance, save_mean, save_rstd: call(
            dy, x, gamma, mean, variance, save_mean, save_rstd, True, EPSILON, [True] * 3
        ),
        dy, x, gamma, *running, *saved,
    )  # fmt: skip


def from_x(function):
    return lambda case: into(function, own(data.curve_x(case.n)))


def slope(function):
    return lambda case: into(function, values(case.n, data.DY), own(data.curve_x(case.n)))


def from_w(function):
    return lambda case: into(function, values(case.n, data.X))


def total(function):
    return lambda case: {"out": compiled(function, values(case.n, data.X))}


library.kernels |= {
    "tanh_forward": from_x(torch.tanh),
    "sigmoid_forward": from_x(torch.sigmoid),
    "relu_forward": from_x(torch.relu),
    "tanh_backward_x": slope(lambda dy, x: aten.tanh_backward(dy, torch.tanh(x))),
    "sigmoid_backward_x": slope(lambda dy, x: aten.sigmoid_backward(dy, torch.sigmoid(x))),
    "relu_backward": slope(lambda dy, x: aten.threshold_backward(dy, x, 0)),
    "l1_value": total(lambda w: w.abs().sum()),
    "l2_value": total(lambda w: 0.5 * (w * w).sum()),
    "l1_gradient": from_w(lambda w: LAMBDA * torch.sign(w)),
    "l2_gradient": from_w(lambda w: LAMBDA * w),
    "dropout_forward": lambda case: from_w(lambda x: F.dropout(x, case.p, True))(case),
    "uniform_fill": from_w(lambda w: torch.empty_like(w).uniform_(-1, 1)),
    "normal_fill": from_w(torch.randn_like),
    "noise": from_w(lambda x: x + DEVIATION * torch.randn_like(x)),
}


@library.kernel
def clip_norm(case):
    """A list of many tensors takes the compiler minutes."""
    if case.tensors > 1:
        return {}
    (gradient,), thresholds = (own(each) for each in data.lists(1, case.n)), data.thresholds(case.n)
    threshold = torch.zeros(())

    def clip(gradient, threshold):
        norm = torch.linalg.vector_norm(gradient)
        gradient.mul_(torch.clamp(threshold / (norm + 1e-6), max=1.0))

    call = compiled(clip, gradient, threshold)

    def out():
        threshold.fill_(next(thresholds))
        call()
        return [gradient]

    return {"out": out}


@library.kernel
def rotation(case):
    shape = case.images, case.channels, case.height, case.width
    grid = of_torch.places(case)
    return into(lambda x, grid: F.grid_sample(x, grid, "bilinear", "zeros", False), values(shape, data.X), grid)


@library.kernel
def training_step(case):
    """The network, there and back, is compiled; loss, clipping and step are PyTorch's, the step in one kernel."""
    return {"out": torch_training.stepping(case, torch.compile, fused=True)}
