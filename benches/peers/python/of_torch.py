"""PyTorch without gradients recorded: its operations, and their ways back called by name.

`plain` is what one types, `out` writes into kept tensors. Where PyTorch has an `out=` in name only
(it computes a fresh result and copies it) `kept` stands instead: the plain call in memory that is
kept. `foreach`, `norm`, `dot`, `native` name the function of PyTorch that does it.
"""

import math

import torch
import torch.nn.functional as F

import data
import torch_training
from protocol import Library

library = Library(
    lambda: f"torch {torch.__version__}; {torch.backends.cpu.get_cpu_capability()}; oneDNN in it "
    + torch.__config__.show().split("MKL-DNN v")[1].split()[0],
    lambda result: result.detach().numpy(),
)
aten = torch.ops.aten
EPSILON, LAMBDA, DEVIATION = 1e-5, 0.01, 0.1


def start(threads):
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    torch.set_grad_enabled(False)


def own(numbers):
    """In PyTorch's memory: NumPy's lies in larger pages."""
    return torch.from_numpy(numbers).clone()


def values(shape, seed):
    return own(data.values(shape, seed))


def parameters(channels):
    return own(data.gamma(channels)), own(data.beta(channels))


def alone(call):
    """The call's first result, of three."""
    return lambda: call()[0]


def twice(call):
    """The same call in kept memory and in fresh."""
    return {"kept": call, "plain": call}


@library.kernel
def layer_norm_forward(case):
    x, (gamma, beta) = values((case.rows, case.channels), data.X), parameters(case.channels)
    return twice(lambda: F.layer_norm(x, (case.channels,), gamma, beta, EPSILON))


@library.kernel
def layer_norm_backward(case):
    shape, width = (case.rows, case.channels), (case.channels,)
    x, dy, (gamma, beta) = values(shape, data.X), values(shape, data.DY), parameters(case.channels)
    _, mean, rstd = torch.native_layer_norm(x, width, gamma, beta, EPSILON)
    all_three = [True] * 3
    return twice(alone(lambda: aten.native_layer_norm_backward(dy, x, width, mean, rstd, gamma, beta, all_three)))


def image_shape(case):
    """Images are squares; what is no image has no rows and columns."""
    side = math.isqrt(case.inner)
    if case.inner == 1:
        return case.outer, case.channels
    return (case.outer, case.channels, *((side, side) if side * side == case.inner else (case.inner,)))


def layouts(case):
    """x and dy channel by channel, and images with their channels side by side."""
    shape = image_shape(case)
    x, dy = values(shape, data.X), values(shape, data.DY)
    yield "", x, dy
    if len(shape) == 4:
        yield "channels_last", *(each.contiguous(memory_format=torch.channels_last) for each in (x, dy))


@library.kernel
def batch_norm_forward(case):
    gamma, beta = parameters(case.channels)

    def variants(x):
        mean, variance, save_mean, save_rstd = (torch.zeros(case.channels) for _ in range(4))
        y = torch.empty_like(x)
        kept = {"out": y, "save_mean": save_mean, "save_invstd": save_rstd}
        call = aten.native_batch_norm.out
        out = alone(lambda: call(x, gamma, beta, mean, variance, True, 0.1, EPSILON, **kept))
        return out, lambda: F.batch_norm(x, mean, variance, gamma, beta, True, 0.1, EPSILON)

    calls = {}
    for layout, x, _ in layouts(case):
        out, plain = variants(x)
        calls |= {layout: out} if layout else {"out": out, "plain": plain}
    return calls


@library.kernel
def batch_norm_backward(case):
    gamma, beta = parameters(case.channels)

    def back(x, dy):
        running = torch.zeros(case.channels), torch.ones(case.channels)
        _, *saved = torch.native_batch_norm(x, gamma, beta, *running, True, 0.1, EPSILON)
        call = aten.native_batch_norm_backward
        return alone(lambda: call(dy, x, gamma, *running, *saved, True, EPSILON, [True] * 3))

    calls = {}
    for layout, x, dy in layouts(case):
        calls |= {layout: back(x, dy)} if layout else twice(back(x, dy))
    return calls


def forward(formulas):
    def make(case):
        x = own(data.curve_x(case.n))
        y = torch.empty_like(x)
        into, plain = formulas
        return {"out": lambda: into(x, y), "plain": lambda: plain(x)}

    return make


library.family({
    "tanh_forward": (lambda x, y: torch.tanh(x, out=y), torch.tanh),
    "sigmoid_forward": (lambda x, y: torch.sigmoid(x, out=y), torch.sigmoid),
    "relu_forward": (lambda x, y: torch.clamp_min(x, 0, out=y), torch.relu),
}, forward)  # fmt: skip


def backward(curve, slope, from_y):
    """PyTorch's slopes take y. Who has only x computes y first."""

    def make(case):
        x, dy = own(data.curve_x(case.n)), values(case.n, data.DY)
        y, dx = curve(x), torch.empty_like(x)
        into = lambda: slope.grad_input(dy, y, grad_input=dx)
        if from_y:
            return {"out": into, "plain": lambda: slope(dy, y)}
        return {"out": lambda: (curve(x, out=y), into())[1], "plain": lambda: slope(dy, curve(x))}

    return make


for curve in torch.tanh, torch.sigmoid:
    slope = getattr(aten, f"{curve.__name__}_backward")
    library.kernels[f"{curve.__name__}_backward_x"] = backward(curve, slope, from_y=False)
    library.kernels[f"{curve.__name__}_backward_y"] = backward(curve, slope, from_y=True)


@library.kernel
def relu_backward(case):
    x, dy = own(data.curve_x(case.n)), values(case.n, data.DY)
    dx, slope = torch.empty_like(x), aten.threshold_backward
    return {"out": lambda: slope.grad_input(dy, x, 0, grad_input=dx), "plain": lambda: slope(dy, x, 0)}


def penalty(formulas):
    def make(case):
        w = values(case.n, data.X)
        t = torch.empty_like(w)
        bind = lambda formula: lambda: formula(w, t)
        return {variant: bind(formula) for variant, formula in formulas.items()}

    return make


library.family({
    "l1_value": {
        "out": lambda w, t: torch.abs(w, out=t).sum(),
        "norm": lambda w, t: torch.linalg.vector_norm(w, 1),
        "plain": lambda w, t: w.abs().sum(),
    },
    "l2_value": {
        "norm": lambda w, t: 0.5 * torch.linalg.vector_norm(w) ** 2,
        "dot": lambda w, t: 0.5 * torch.dot(w, w),
        "plain": lambda w, t: 0.5 * (w**2).sum(),
    },
    "l1_gradient": {
        "out": lambda w, t: torch.sign(w, out=t).mul_(LAMBDA),
        "plain": lambda w, t: LAMBDA * torch.sign(w),
    },
    "l2_gradient": {
        "out": lambda w, t: torch.mul(w, LAMBDA, out=t),
        "plain": lambda w, t: LAMBDA * w,
    },
}, penalty)  # fmt: skip


@library.kernel
def clip_value(case):
    w = values(case.n, data.X)
    kept = w.clone()
    return {"out": lambda: kept.clamp_(-0.5, 0.5), "plain": lambda: w.clamp(-0.5, 0.5)}


@library.kernel
def clip_norm(case):
    def parameters():
        """Parameters with a gradient each, as the utility wants them."""
        made = []
        for numbers in data.lists(case.tensors, case.n):
            made.append(torch.nn.Parameter(torch.empty(len(numbers))))
            made[-1].grad = own(numbers)
        return made, data.thresholds(case.n)

    def utility(foreach):
        made, thresholds = parameters()

        def call():
            torch.nn.utils.clip_grad_norm_(made, next(thresholds), foreach=foreach)
            return [each.grad for each in made]

        return call

    def by_hand(total):
        made, thresholds = parameters()
        gradients = [each.grad for each in made]

        def call():
            factor = min(1.0, next(thresholds) / (float(total(gradients)) + 1e-6))
            torch._foreach_mul_(gradients, factor)
            return gradients

        return call

    return {
        "out": by_hand(lambda gradients: torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))),
        "dot": by_hand(lambda gradients: math.sqrt(sum(torch.dot(g, g) for g in gradients))),
        "foreach": utility(True),
        "plain": utility(None),
    }


@library.kernel
def dropout_forward(case):
    x, p = values(case.n, data.X), case.p
    mask, y = torch.empty_like(x), torch.empty_like(x)

    def out():
        return torch.mul(x, mask.bernoulli_(1 - p), out=y).mul_(1 / (1 - p))

    return {"out": out, "native": lambda: torch.native_dropout(x, p, True)[0], **twice(lambda: F.dropout(x, p, True))}


@library.kernel
def dropout_backward(case):
    dy, scale = values(case.n, data.DY), 1 / (1 - case.p)
    mask = torch.rand(case.n) > case.p
    scaled, dx = mask * scale, torch.empty_like(dy)
    native = lambda: aten.native_dropout_backward(dy, mask, scale)
    return {"out": lambda: torch.mul(dy, scaled, out=dx), **twice(native)}


@library.kernel
def uniform_fill(case):
    w = torch.empty(case.n)
    return {"out": lambda: w.uniform_(-1, 1), "plain": lambda: torch.empty(case.n).uniform_(-1, 1)}


@library.kernel
def normal_fill(case):
    w = torch.empty(case.n)
    return {"out": lambda: w.normal_(), "plain": lambda: torch.randn(case.n)}


@library.kernel
def noise(case):
    x = values(case.n, data.X)
    z, y = torch.empty_like(x), torch.empty_like(x)
    out = lambda: torch.add(x, z.normal_(), alpha=DEVIATION, out=y)
    return {"out": out, "plain": lambda: x + DEVIATION * torch.randn_like(x)}


def places(case):
    """Where each pixel comes from: in half sides of the image, with 0 at its centre. So the turn of an
    oblong image is no rotation matrix."""
    angle, tall = math.radians(case.angle), case.height / case.width
    turn = [[math.cos(angle), -tall * math.sin(angle), 0], [math.sin(angle) / tall, math.cos(angle), 0]]
    shape = case.images, case.channels, case.height, case.width
    return F.affine_grid(torch.tensor(turn).expand(case.images, 2, 3), shape, align_corners=False)


@library.kernel
def rotation(case):
    """`kept` has the grid of places ready."""
    x, grid = values((case.images, case.channels, case.height, case.width), data.X), places(case)
    rotate = lambda grid: F.grid_sample(x, grid, "bilinear", "zeros", align_corners=False)
    return {"kept": lambda: rotate(grid), "plain": lambda: rotate(places(case))}


library.kernel(torch_training.training_step)
