"""Serves one library to the driver: `worker.py LIBRARY --threads N`, lines in, lines out."""

import argparse
import gc
import importlib
import os
import sys

LIBRARIES = "torch", "torch_compile", "numpy", "jax", "onnxruntime", "opencv"
NO_SPINNING = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "KMP_BLOCKTIME": "0",
    "OPENBLAS_THREAD_TIMEOUT": "4",  # 2⁴ cycles
}


def start(library, threads):
    """The library with its number of threads. What libraries read once is set before they are loaded."""
    for name in "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE":  # force NumPy's products to an older processor
        os.environ.pop(name, None)
    for name in "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC":
        os.environ[name] = str(threads)
    for name, value in NO_SPINNING.items():
        os.environ.setdefault(name, value)
    module = importlib.import_module(f"of_{library}")
    module.start(threads)
    return module.library


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("library", choices=LIBRARIES)
    arguments.add_argument("--threads", type=int, default=1)
    arguments = arguments.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    library = start(arguments.library, arguments.threads)
    from protocol import Server  # it loads NumPy

    server = Server(library)
    gc.disable()  # not while the clock runs; `drop` collects
    for line in sys.stdin:
        if line.strip():
            print(server.answer(line), file=answers, flush=True)


if __name__ == "__main__":
    main()
