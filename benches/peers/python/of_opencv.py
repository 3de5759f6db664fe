"""OpenCV: what it has for images, and for arrays of any kind. `channels_last` holds an image's
channels side by side, as OpenCV does; `out` takes plane by plane. Its random numbers are one stream.
"""

import cv2
import numpy as np

import data
from protocol import Library

library = Library(lambda: f"opencv {cv2.__version__}")
DEVIATION, LAMBDA = 0.1, 0.01


def start(threads):
    cv2.setNumThreads(threads)
    cv2.ocl.setUseOpenCL(False)


@library.kernel
def rotation(case):
    size = case.width, case.height
    planes = data.values((case.images, case.channels, case.height, case.width), data.X)
    images = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    turn = cv2.getRotationMatrix2D(((case.width - 1) / 2, (case.height - 1) / 2), case.angle, 1.0)

    def rotate(stack, whole):
        """Each of a stack of images into the image at the same place."""
        y = np.empty_like(stack)

        def call():
            for image, to in zip(stack, y):
                cv2.warpAffine(image, turn, size, to, cv2.INTER_LINEAR)
            return whole(y)

        return call

    flat = planes.reshape(-1, case.height, case.width)
    return {
        "out": rotate(flat, lambda y: y.reshape(planes.shape)),
        "channels_last": rotate(images, lambda y: y.transpose(0, 3, 1, 2)),
        "plain": lambda: np.stack([cv2.warpAffine(image, turn, size) for image in images]).transpose(0, 3, 1, 2),
    }


@library.kernel
def uniform_fill(case):
    w = np.empty(case.n, np.float32)
    return {"out": lambda: cv2.randu(w, -1.0, 1.0)}


@library.kernel
def normal_fill(case):
    w = np.empty(case.n, np.float32)
    return {"out": lambda: cv2.randn(w, 0.0, 1.0)}


@library.kernel
def noise(case):
    x = data.values(case.n, data.X)
    z, y = np.empty_like(x), np.empty_like(x)
    return {"out": lambda: cv2.add(x, cv2.randn(z, 0.0, DEVIATION), y).reshape(-1)}


def elementwise(formulas, make_x=lambda n: data.values(n, data.X)):
    def make(case):
        x = make_x(case.n)
        y = np.empty_like(x)
        into, plain = formulas
        return {"out": lambda: into(x, y), "plain": lambda: plain(x)}

    return make


library.family({"relu_forward": (lambda x, y: cv2.max(x, 0.0, y), lambda x: cv2.max(x, 0.0))},
               lambda formulas: elementwise(formulas, data.curve_x))  # fmt: skip
library.family({
    "l2_gradient": (lambda w, y: cv2.multiply(w, LAMBDA, y), lambda w: cv2.multiply(w, LAMBDA)),
    "clip_value": (
        lambda w, y: cv2.min(cv2.max(w, -0.5, y), 0.5, y),
        lambda w: cv2.min(cv2.max(w, -0.5), 0.5),
    ),
}, elementwise)  # fmt: skip


def norm(kind, factor):
    def make(case):
        w = data.values(case.n, data.X)
        return {"out": lambda: factor * cv2.norm(w, kind)}

    return make


library.kernels |= {"l1_value": norm(cv2.NORM_L1, 1.0), "l2_value": norm(cv2.NORM_L2SQR, 0.5)}
