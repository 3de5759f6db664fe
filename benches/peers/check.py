#!/usr/bin/env python3
"""Asks a contestant for small cases and compares what it computes with the formulas in double.

    benches/peers/check.py COMMAND ...        for example  check.py onednn/worker --threads 1

Nothing but Python's own library is needed. The sums of |result| may differ by 2e-5 relative: an
element carries some tens of roundings of 2^-24 of the terms it is made of, and sums of hundreds of
terms in f32 a few more. A wrong formula is off by 1e-3 or more in these cases.
"""

import math
import subprocess
import sys

TOLERANCE = 2e-5
EPSILON, LAMBDA = 1e-5, 0.01
X, DY, GAMMA, BETA = 1, 2, 3, 4


def value(i, seed):
    h = (i * 2654435761 + seed * 2246822519) % 2**32
    h ^= h >> 15
    h = h * 2246822507 % 2**32
    h ^= h >> 13
    return ((h >> 8) | 1) / 2**23 - 1


def values(n, seed, factor=1.0):
    return [factor * value(i, seed) for i in range(n)]


def magnitude(result):
    return math.fsum(map(abs, result))


def normalized(x):
    mean = math.fsum(x) / len(x)
    variance = math.fsum((v - mean) ** 2 for v in x) / len(x)
    r = 1 / math.sqrt(variance + EPSILON)
    return [(v - mean) * r for v in x], r


def back(g, xhat, r):
    """dx of one group, from g = dy times gamma."""
    mean = math.fsum(g) / len(g)
    slope = math.fsum(a * b for a, b in zip(g, xhat)) / len(g)
    return [r * (a - mean - b * slope) for a, b in zip(g, xhat)]


def norm_of_groups(groups, channel_of, backward):
    """Sum of |y| or |dx|; a group is the indices that share a mean."""
    total = []
    for group in groups:
        xhat, r = normalized([value(i, X) for i in group])
        gamma = [value(channel_of(i), GAMMA) + 1.5 for i in group]
        if backward:
            total += back([value(i, DY) * c for i, c in zip(group, gamma)], xhat, r)
        else:
            beta = (value(channel_of(i), BETA) for i in group)
            total += [c * v + b for c, v, b in zip(gamma, xhat, beta)]
    return magnitude(total)


def layer_norm(rows, channels, backward=False):
    groups = [range(row * channels, (row + 1) * channels) for row in range(rows)]
    return norm_of_groups(groups, lambda i: i % channels, backward)


def batch_norm(outer, channels, inner, backward=False):
    def group(c):
        return [(o * channels + c) * inner + i for o in range(outer) for i in range(inner)]

    return norm_of_groups(map(group, range(channels)), lambda i: i // inner % channels, backward)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def forward(f):
    return lambda n: magnitude(map(f, values(n, X, 4)))


def backward(slope):
    return lambda n: magnitude(g * slope(x) for g, x in zip(values(n, DY), values(n, X, 4)))


def clip_norm(tensors, n):
    """After the first call; how the tensors are cut does not matter to a global norm."""
    return 0.5 * 0.9999 * magnitude(values(n, X))


def tanh_slope(x):
    return 1 - math.tanh(x) ** 2


def sigmoid_slope(x):
    return sigmoid(x) * (1 - sigmoid(x))


FORMULAS = {
    "layer_norm_forward": layer_norm,
    "layer_norm_backward": lambda **k: layer_norm(**k, backward=True),
    "batch_norm_forward": batch_norm,
    "batch_norm_backward": lambda **k: batch_norm(**k, backward=True),
    "tanh_forward": forward(math.tanh),
    "sigmoid_forward": forward(sigmoid),
    "relu_forward": forward(lambda x: max(x, 0)),
    "tanh_backward_x": backward(tanh_slope),
    "tanh_backward_y": backward(tanh_slope),
    "sigmoid_backward_x": backward(sigmoid_slope),
    "sigmoid_backward_y": backward(sigmoid_slope),
    "relu_backward": backward(lambda x: x > 0),
    "l1_value": lambda n: magnitude(values(n, X)),
    "l2_value": lambda n: math.fsum(w * w for w in values(n, X)) / 2,
    "l1_gradient": lambda n: LAMBDA * n,
    "l2_gradient": lambda n: LAMBDA * magnitude(values(n, X)),
    "clip_value": lambda n: magnitude(max(-0.5, min(0.5, w)) for w in values(n, X)),
    "clip_norm": clip_norm,
}

# Without a formula here: a contestant says `check none`, and that is all that is asked.
RANDOM = ["dropout_forward n=16384 p=0.1", "dropout_forward n=16384 p=0.5",
          "dropout_backward n=16384 p=0.5", "uniform_fill n=16384", "normal_fill n=16384",
          "noise n=16384"]

CASES = [f"{norm}_{way} {shape}" for way in ("forward", "backward") for norm, shape in [
    ("layer_norm", "rows=64 channels=256"), ("layer_norm", "rows=7 channels=1000"),
    ("batch_norm", "outer=64 channels=256 inner=1"), ("batch_norm", "outer=300 channels=48 inner=1"),
    ("batch_norm", "outer=4 channels=32 inner=49"), ("batch_norm", "outer=3 channels=16 inner=12")]]
CASES += [f"{kernel} n={n}" for kernel in FORMULAS for n in (16384, 1000)
          if "norm" not in kernel]
CASES += ["clip_norm tensors=1 n=16384", "clip_norm tensors=100 n=25600",
          "clip_norm tensors=161 n=20000"]


class Contestant:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, request):
        print(request, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().split()


def verdict(case, answer):
    if answer == ["check", "none"]:
        return "OK, random" if case in RANDOM else "no value"
    if answer[:1] != ["check"] or case in RANDOM:
        return "WRONG: " + " ".join(answer)
    kernel, *words = case.split()
    right = FORMULAS[kernel](**{k: int(v) for k, v in (word.split("=") for word in words)})
    error = abs(float(answer[1]) / right - 1)
    return f"OK, off by {error:.0e}" if error <= TOLERANCE else f"WRONG: {answer[1]} for {right}"


def main():
    contestant = Contestant(sys.argv[1:])
    print(*contestant.ask("versions"))
    wrong = 0
    for case in CASES + RANDOM:
        offers = contestant.ask("case " + case)
        if offers[:1] != ["offers"]:
            print("WRONG:", case, *offers)
            wrong += 1
            continue
        for variant in offers[1:]:
            # Checked first: a kernel that works in place goes on from where the last call ended.
            told = verdict(case, contestant.ask("check " + variant))
            time = contestant.ask(f"run {variant} 2")
            if time[:1] != ["time"] or not int(time[1]) > 0:
                told = "WRONG: " + " ".join(time)
            wrong += told.startswith("WRONG")
            print(f"{case}  {variant}: {told}")
        if contestant.ask("drop") != ["dropped"]:
            wrong += 1
            print("WRONG: not dropped")
    for nonsense in ["run out 1", "check out", "case clip_value n=x", "nonsense"]:
        answer = contestant.ask(nonsense)
        if answer[:1] != ["error"]:
            wrong += 1
            print("WRONG: no error for", nonsense, answer)
    print("wrong:", wrong)
    sys.exit(wrong > 0)


main()
