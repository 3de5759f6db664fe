"""What the driver asks and a library answers, line by line; benches/README.md tells the lines."""

import ctypes
import gc
import time
from types import SimpleNamespace

import numpy as np

RANDOM = {"dropout_forward", "dropout_backward", "uniform_fill", "normal_fill", "noise", "training_step"}


class Library:
    """The kernels that one library has: functions from a case to its variants, {name: call}.

    A call gives its main output, or a list of them. Every variant but `plain` is called with an
    allocator that keeps what is freed: not every operation takes a buffer for its result.
    """

    def __init__(self, versions, to_numpy=np.asarray):
        self.versions, self.to_numpy, self.kernels = versions, to_numpy, {}

    def kernel(self, function):
        self.kernels[function.__name__] = function
        return function

    def family(self, formulas, make):
        """Kernels alike but for their formulas; `make(formula)` is a function from a case to variants."""
        for name, formula in formulas.items():
            self.kernels[name] = make(formula)


def parse(words):
    """`key=value …`: whole numbers, else other numbers, else text."""

    def value(text):
        for kind in int, float:
            try:
                return kind(text)
            except ValueError:
                pass
        return text

    pairs = (word.split("=", 1) for word in words)
    return SimpleNamespace(**{key: value(text) for key, text in pairs})


class Memory:
    """glibc's allocator. It gives large blocks back to the system, and a fresh page costs more than the
    kernel that fills it: `keep` makes it hold on to them, `usual` is what it comes to by itself."""

    TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4
    c = ctypes.CDLL(None)

    def keep(self):
        self.c.mallopt(self.MMAP_MAX, 0)
        self.c.mallopt(self.TRIM_THRESHOLD, 2**31 - 1)

    def usual(self):
        self.c.mallopt(self.MMAP_MAX, 65536)
        self.c.mallopt(self.MMAP_THRESHOLD, 32 << 20)
        self.c.mallopt(self.TRIM_THRESHOLD, 64 << 20)
        self.c.malloc_trim(0)


class Server:
    def __init__(self, library):
        self.library, self.memory = library, Memory()
        self.kernel, self.variants = None, {}

    def answer(self, line):
        try:
            command, *words = line.split()
            return getattr(self, f"on_{command}")(*words)
        except Exception as problem:
            text = " ".join(f"{type(problem).__name__}: {problem}".split())
            return f"error {text[:300]}"

    def on_versions(self):
        return f"versions {self.library.versions()}"

    def on_case(self, kernel, *words):
        self.on_drop()
        make = self.library.kernels.get(kernel)
        if make:
            self.kernel, self.variants = kernel, make(parse(words)) or {}
        for call in self.variants.values():
            call()
        return " ".join(["offers", *self.variants])

    def on_check(self, variant):
        if self.kernel in RANDOM:
            return "check none"
        size = lambda result: np.abs(self.library.to_numpy(result)).sum(dtype=np.float64)
        result = self.variants[variant]()
        total = sum(map(size, result)) if isinstance(result, list) else size(result)
        return f"check {total:.17g}"

    def on_run(self, variant, calls):
        call, calls = self.variants[variant], range(int(calls))
        if variant != "plain":
            self.memory.keep()
        call()
        start = time.perf_counter_ns()
        for _ in calls:
            call()
        nanoseconds = time.perf_counter_ns() - start
        self.memory.usual()
        return f"time {nanoseconds}"

    def on_drop(self):
        self.kernel, self.variants = None, {}
        gc.collect()
        return "dropped"
