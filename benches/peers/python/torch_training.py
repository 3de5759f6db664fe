"""One step of training in PyTorch as one writes it; one call steps, and gives the loss before the step.

The digits network of docs/network.md (its layers and its rule), or a plain one of dense layers and ReLU.
"""

import itertools

import torch
from torch import nn

import data

DIGITS = "64-128-64-10"
RATE, DECAY, THRESHOLD = 0.2, 1e-3, 1.0


def network(layers):
    widths = [int(width) for width in layers.split("-")]
    *hidden, last = [nn.Linear(inputs, outputs) for inputs, outputs in itertools.pairwise(widths)]

    def behind(dense):
        width = dense.out_features
        return [nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.2)] if layers == DIGITS else [nn.ReLU()]

    return nn.Sequential(*(layer for dense in hidden for layer in (dense, *behind(dense))), last)


def optimizer(model, **options):
    """Only weights of dense layers decay."""
    dense = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    others = [each for each in model.parameters() if all(each is not weight for weight in dense)]
    groups = [{"params": dense, "weight_decay": DECAY}, {"params": others}]
    return torch.optim.SGD(groups, lr=RATE, **options)


def batch(case):
    inputs, *_, outputs = (int(width) for width in case.layers.split("-"))
    x = torch.from_numpy(data.values((case.batch, inputs), data.X)).clone()
    return x, torch.from_numpy(data.classes(case.batch, outputs))


def stepping(case, prepare=lambda model: model, **options):
    x, classes = batch(case)
    torch.manual_seed(1)
    model = network(case.layers)
    sgd, run = optimizer(model, **options), prepare(model)

    def step():
        with torch.enable_grad():
            sgd.zero_grad()
            loss = nn.functional.cross_entropy(run(x), classes)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), THRESHOLD)
            sgd.step()
        return loss

    return step


def training_step(case):
    """PyTorch's optimizers step tensor by tensor, tensors together (`foreach`), or in one kernel (`fused`)."""
    return {"plain": stepping(case), "foreach": stepping(case, foreach=True), "fused": stepping(case, fused=True)}
