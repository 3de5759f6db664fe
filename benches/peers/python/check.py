"""Compares what the libraries compute with plain formulas in float64: `check.py [LIBRARY …]`.

Every variant of every kernel, at small shapes. A number may be off by a few roundings of float32;
random numbers must have the mean, the spread and the bounds that they should.
"""

import math
import subprocess
import sys

import numpy as np

import data
import worker

CASES = """
layer_norm_forward rows=64 channels=256
layer_norm_backward rows=64 channels=256
batch_norm_forward outer=64 channels=256 inner=1
batch_norm_forward outer=8 channels=16 inner=196
batch_norm_backward outer=64 channels=256 inner=1
batch_norm_backward outer=8 channels=16 inner=196
tanh_forward n=16384
sigmoid_forward n=16384
relu_forward n=16384
tanh_backward_x n=16384
sigmoid_backward_x n=16384
tanh_backward_y n=16384
sigmoid_backward_y n=16384
relu_backward n=16384
l1_value n=16384
l2_value n=16384
l1_gradient n=16384
l2_gradient n=16384
clip_value n=16384
clip_norm tensors=1 n=16384
clip_norm tensors=161 n=100000
clip_norm tensors=100 n=25600
dropout_forward n=65536 p=0.1
dropout_forward n=65536 p=0.5
dropout_backward n=65536 p=0.5
uniform_fill n=65536
normal_fill n=65536
noise n=65536
rotation images=4 channels=3 height=60 width=60 angle=17
rotation images=2 channels=3 height=40 width=60 angle=-50
training_step layers=64-128-64-10 batch=32
training_step layers=784-100-100-10 batch=64
"""


def double(numbers):
    return numbers.astype(np.float64)


def normalized(x, axes):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5), 1 / np.sqrt(variance + 1e-5)


def norm_operands(case, kernel):
    """x, dy, γ, β, and the axes that are averaged over."""
    if kernel.startswith("layer"):
        shape, axes, wide = (case.rows, case.channels), 1, (1, case.channels)
    else:
        shape, axes, wide = (case.outer, case.channels, case.inner), (0, 2), (1, case.channels, 1)
    column = lambda numbers: double(numbers).reshape(wide)
    x, dy = double(data.values(shape, data.X)), double(data.values(shape, data.DY))
    return x, dy, column(data.gamma(case.channels)), column(data.beta(case.channels)), axes


def norm_forward(case, kernel):
    x, _, gamma, beta, axes = norm_operands(case, kernel)
    return normalized(x, axes)[0] * gamma + beta


def norm_backward(case, kernel):
    x, dy, gamma, _, axes = norm_operands(case, kernel)
    (h, rstd), g = normalized(x, axes), dy * gamma
    return rstd * (g - g.mean(axes, keepdims=True) - h * (g * h).mean(axes, keepdims=True))


def activation(case, kernel):
    x, dy = double(data.curve_x(case.n)), double(data.values(case.n, data.DY))
    name, direction = kernel.split("_")[:2]
    sigmoid = 1 / (1 + np.exp(-x))
    y = {"tanh": np.tanh(x), "sigmoid": sigmoid, "relu": np.maximum(x, 0)}[name]
    slope = {"tanh": 1 - y * y, "sigmoid": sigmoid * (1 - sigmoid), "relu": x > 0}[name]
    return y if direction == "forward" else dy * slope


def penalty(case, kernel):
    w = double(data.values(case.n, data.X))
    return {
        "l1_value": np.abs(w).sum(),
        "l2_value": 0.5 * (w * w).sum(),
        "l1_gradient": 0.01 * np.sign(w),
        "l2_gradient": 0.01 * w,
        "clip_value": np.clip(w, -0.5, 0.5),
    }[kernel]


def rotation(case, kernel):
    """About the centre of the pixel grid, counter-clockwise, bilinear between pixels, zeros around them."""
    height, width, a = case.height, case.width, math.radians(case.angle)
    x = double(data.values((case.images, case.channels, height, width), data.X))
    v, u = np.mgrid[:height, :width] - np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    s, t = (height - 1) / 2 + u * math.sin(a) + v * math.cos(a), (width - 1) / 2 + u * math.cos(a) - v * math.sin(a)
    around = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    y = np.zeros_like(x)
    for i in (np.floor(s), np.floor(s) + 1):
        for j in (np.floor(t), np.floor(t) + 1):
            row, column = (np.clip(k.astype(int) + 1, 0, n + 1) for k, n in ((i, height), (j, width)))
            y += around[:, :, row, column] * (1 - abs(s - i)) * (1 - abs(t - j))
    return y


EXPECTED = {
    "layer_norm_forward": norm_forward, "batch_norm_forward": norm_forward,
    "layer_norm_backward": norm_backward, "batch_norm_backward": norm_backward,
    "rotation": rotation,
}  # fmt: skip


def expected(case, kernel):
    family = penalty if kernel.startswith(("l1", "l2", "clip_value")) else activation
    return EXPECTED.get(kernel, family)(case, kernel)


def same(result, wanted, tolerance=2e-5):
    """To a few roundings of the largest number; the sum has as many of them as there are numbers."""
    result = double(np.asarray(result)).reshape(np.shape(wanted))
    return np.max(np.abs(result - wanted)) <= tolerance * np.max(np.abs(wanted))


def like(numbers, mean, deviation, largest=math.inf):
    """Mean and deviation to five standard errors (of a fourth moment of 3), and none beyond the largest."""
    numbers, step = double(numbers), 5 * deviation / math.sqrt(numbers.size)
    near = abs(numbers.mean() - mean) < step and abs(numbers.std() - deviation) < step
    return near and np.abs(numbers).max() <= largest


def dropped(y, x, p):
    y, kept = double(y), y != 0
    keeps = abs(kept.mean() - (1 - p)) < 5 * math.sqrt(p * (1 - p) / y.size)
    return keeps and same(y[kept], double(x)[kept] / (1 - p))


def fresh(numpy, call):
    """Whether each call draws anew."""
    return not np.array_equal(numpy(call()).copy(), numpy(call()))


def right(kernel, case, library, call):
    """Whether one variant does what it should."""
    numpy = lambda result: np.asarray(library.to_numpy(result))
    match kernel:
        case "clip_norm":
            result = np.concatenate([numpy(each).ravel() for each in call()])
            w = double(np.concatenate(list(data.lists(case.tensors, case.n))))
            return same(result, w / 2, 3e-4)  # the second or third call: 0.9999 and 0.9999²
        case "training_step":
            losses = [float(numpy(call())) for _ in range(30)]
            return losses[-1] < 0.7 * losses[0]
        case "dropout_forward":
            return fresh(numpy, call) and dropped(numpy(call()), data.values(case.n, data.X), case.p)
        case "dropout_backward":
            return dropped(numpy(call()), data.values(case.n, data.DY), case.p)
        case "uniform_fill":
            return fresh(numpy, call) and like(numpy(call()), 0, math.sqrt(1 / 3), 1)
        case "normal_fill":
            return fresh(numpy, call) and like(numpy(call()), 0, 1)
        case "noise":
            return fresh(numpy, call) and like(numpy(call()) - data.values(case.n, data.X), 0, 0.1)
        case "rotation":  # OpenCV rounds places to 1/32 of a pixel
            tolerance = 0.1 if library.versions().startswith("opencv") else 2e-5
            return same(numpy(call()), rotation(case, kernel), tolerance)
    return same(numpy(call()), expected(case, kernel))


def check(name):
    library = worker.start(name, threads=1)  # before anything else loads
    from protocol import Server, parse

    server, bad = Server(library), 0
    print(server.answer("versions"))
    for line in CASES.split("\n")[1:-1]:
        kernel, *words = line.split()
        case, answer = parse(words), server.answer(f"case {line}")
        print(f"{name:14} {line:58} ", end="")
        words = answer.split()
        if words[0] == "error":
            print(answer)
            bad += 1
            continue
        for variant in words[1:]:
            good = right(kernel, case, library, server.variants[variant]) and timed(server, variant)
            bad += not good
            print(variant, "OK" if good else "WRONG", end="  ")
        print("" if words[1:] else "-")
    return bad


def timed(server, variant):
    """Whether the server answers what the driver asks."""
    answers = server.answer(f"check {variant}"), server.answer(f"run {variant} 2")
    return answers[0].startswith("check ") and answers[1].startswith("time ")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [name]:
            sys.exit(min(check(name), 1))
        case names:  # each in a process of its own, as it is measured
            names = names or worker.LIBRARIES
            runs = [subprocess.run([sys.executable, __file__, name]).returncode for name in names]
            sys.exit(max(runs))
