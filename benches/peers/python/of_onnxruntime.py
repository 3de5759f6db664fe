"""ONNX Runtime: `out` by IO binding into its own memory, `plain` from and into NumPy arrays.

It has no ways back and nothing in place: a kernel is a graph of few nodes, without gradients.
"""

import math

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import data
from protocol import Library

library = Library(
    lambda: f"onnxruntime {onnxruntime.__version__}",
    lambda result: result.numpy() if isinstance(result, onnxruntime.OrtValue) else np.asarray(result),
)
options = onnxruntime.SessionOptions()
f32 = np.float32
LAMBDA, DEVIATION = f32(0.01), f32(0.1)


def start(threads):
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    for kind in "intra", "inter":
        options.add_session_config_entry(f"session.{kind}_op.allow_spinning", "0")
    onnxruntime.set_default_logger_severity(3)


def node(operation, inputs, output="y", **attributes):
    return helper.make_node(operation, inputs.split(), output.split(), **attributes)


def variants(nodes, y, x=None, **constants):
    """A graph from x, if there is one, to y of the given shape; names of other inputs are constants."""
    tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    inputs = [] if x is None else [tensor("x", x.shape)]
    numbers = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "kernel", inputs, [tensor("y", y)], numbers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])

    value = lambda shape: onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, f32)
    binding, result = session.io_binding(), value(y)
    binding.bind_ortvalue_output("y", result)
    if x is not None:
        own = value(x.shape)
        own.update_inplace(x)
        binding.bind_ortvalue_input("x", own)
    feed = {} if x is None else {"x": x}

    def out():
        session.run_with_iobinding(binding)
        return result

    return {"out": out, "plain": lambda: session.run(["y"], feed)[0]}


@library.kernel
def layer_norm_forward(case):
    x = data.values((case.rows, case.channels), data.X)
    nodes = [node("LayerNormalization", "x gamma beta", epsilon=1e-5)]
    return variants(nodes, x.shape, x, gamma=data.gamma(case.channels), beta=data.beta(case.channels))


@library.kernel
def batch_norm_forward(case):
    x, zeros = data.values((case.outer, case.channels, case.inner), data.X), np.zeros(case.channels, f32)
    nodes = [node("BatchNormalization", "x gamma beta mean variance", "y m v", epsilon=1e-5, training_mode=1)]
    parameters = {"gamma": data.gamma(case.channels), "beta": data.beta(case.channels)}
    return variants(nodes, x.shape, x, **parameters, mean=zeros, variance=zeros + 1)


def elementwise(make_x, nodes, **constants):
    def make(case):
        x = make_x(case.n)
        return variants(nodes, x.shape, x, **constants)

    return make


def value(nodes, **constants):
    return lambda case: variants(nodes, (), weights(case.n), **constants)


def weights(n):
    return data.values(n, data.X)


library.kernels |= {
    "tanh_forward": elementwise(data.curve_x, [node("Tanh", "x")]),
    "sigmoid_forward": elementwise(data.curve_x, [node("Sigmoid", "x")]),
    "relu_forward": elementwise(data.curve_x, [node("Relu", "x")]),
    "l1_value": value([node("ReduceL1", "x", keepdims=0)]),
    "l2_value": value([node("ReduceSumSquare", "x", "s", keepdims=0), node("Mul", "s half")], half=f32(0.5)),
    "l1_gradient": elementwise(weights, [node("Sign", "x", "s"), node("Mul", "s factor")], factor=LAMBDA),
    "l2_gradient": elementwise(weights, [node("Mul", "x factor")], factor=LAMBDA),
    "clip_value": elementwise(weights, [node("Clip", "x low high")], low=f32(-0.5), high=f32(0.5)),
}


@library.kernel
def dropout_forward(case):
    x = weights(case.n)
    nodes = [node("Dropout", "x p training", seed=1)]
    return variants(nodes, x.shape, x, p=f32(case.p), training=np.array(True))


@library.kernel
def uniform_fill(case):
    return variants([node("RandomUniform", "", low=-1.0, high=1.0, shape=[case.n])], (case.n,))


@library.kernel
def normal_fill(case):
    return variants([node("RandomNormal", "", mean=0.0, scale=1.0, shape=[case.n])], (case.n,))


@library.kernel
def noise(case):
    x = weights(case.n)
    nodes = [node("RandomNormalLike", "x", "z", mean=0.0, scale=float(DEVIATION)), node("Add", "x z")]
    return variants(nodes, x.shape, x)


@library.kernel
def rotation(case):
    """The grid of places is ready, as PyTorch's is; there the scales are explained."""
    size, angle, tall = (case.height, case.width), math.radians(case.angle), case.height / case.width
    x = data.values((case.images, case.channels, *size), data.X)
    v, u = ((2 * np.arange(n) + 1) / n - 1 for n in size)
    s = math.sin(angle) / tall * u + math.cos(angle) * v[:, None]
    t = math.cos(angle) * u - tall * math.sin(angle) * v[:, None]
    grid = np.broadcast_to(np.stack([t, s], -1).astype(f32), (case.images, *size, 2))
    nodes = [node("GridSample", "x grid", mode="linear", padding_mode="zeros", align_corners=0)]
    return variants(nodes, x.shape, x, grid=grid)
