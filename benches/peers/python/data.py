"""The numbers that every contestant computes with: a hash of place and seed, the same in every language."""

import math

import numpy as np

X, DY, GAMMA, BETA, TARGETS = 1, 2, 3, 4, 5  # seeds


def words(n, seed):
    word = np.arange(n, dtype=np.uint32)
    word *= np.uint32(2654435761)
    word += np.uint32(seed * 2246822519 & 0xFFFFFFFF)
    word ^= word >> np.uint32(15)
    word *= np.uint32(2246822507)
    word ^= word >> np.uint32(13)
    return word


def values(shape, seed):
    """Odd multiples of 2⁻²³ in [-1, 1), in float32: none is zero, none is rounded."""
    word = words(math.prod(shape) if isinstance(shape, tuple) else shape, seed)
    numbers = ((word >> np.uint32(8)) | np.uint32(1)).astype(np.float32)
    numbers -= np.float32(2**23)
    numbers *= np.float32(2**-23)
    return numbers.reshape(shape)


def curve_x(n):
    """Arguments of activations."""
    return values(n, X) * np.float32(4)


def gamma(n):
    return values(n, GAMMA) + np.float32(1.5)


def beta(n):
    return values(n, BETA)


def classes(rows, count):
    return (words(rows, TARGETS) >> np.uint32(8)).astype(np.int64) % count


def lengths(tensors, n):
    """How long the tensors of a list are: 1, 2, 3, … parts for 161 of them, else all alike."""
    if tensors == 161:
        parts = tensors * (tensors + 1) // 2
        sizes = [n * k // parts for k in range(1, tensors)]
    else:
        sizes = [n // tensors] * (tensors - 1)
    return [*sizes, n - sum(sizes)]


def lists(tensors, n):
    """The same numbers in a list of tensors, each in memory of its own."""
    whole, start = values(n, X), 0
    for size in lengths(tensors, n):
        yield whole[start : start + size].copy()
        start += size


def thresholds(n):
    """Norms to clip to, each a little lower than the last, so that every call scales."""
    threshold = 0.5 * math.sqrt(np.square(values(n, X), dtype=np.float64).sum())
    while True:
        yield threshold
        threshold *= 0.9999
