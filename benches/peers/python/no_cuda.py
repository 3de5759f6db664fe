"""Stands in for the CUDA libraries: gigabytes that PyTorch's wheel asks for and a processor never calls.

    python no_cuda.py FOLDER             (site-packages/torch/lib)

Before anything runs, the loader wants every library that PyTorch is linked with, and every name in
it with its version. One small library has all these names and answers each call with 100, which is
CUDA's "no device". It lies beside PyTorch's own, where the loader looks, once under each file name.
Needs `readelf` and a C compiler.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

LIBRARY = re.compile(r"\[(lib(?:cu|nv|nccl)\w*\.so\.\d+)\]")
NAME = re.compile(r"(?:cu|nv|nccl)[a-zA-Z]")  # of those without a version: CUDA's, not the C library's


def readelf(option, library):
    command = ["readelf", "-W", option, library]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def wanted(libraries):
    """File names of the CUDA libraries, and {version: {name: FUNC or OBJECT}} of what is missing."""
    files, missing = set(), {}
    for library in libraries:
        files.update(LIBRARY.findall(readelf("-d", library)))
        for line in readelf("--dyn-syms", library).splitlines():
            match line.split():
                case [_, _, _, kind, _, _, "UND", symbol, *_]:
                    name, _, version = symbol.partition("@")
                    missing.setdefault(version, {})[name] = kind
    cuda = lambda version, name: version in files | {"NVSHMEM"} or version == "" and NAME.match(name)
    groups = {v: {n: kind for n, kind in group.items() if cuda(v, n)} for v, group in missing.items()}
    return sorted(files), {v: group for v, group in groups.items() if group}


def build(files, missing, folder):
    """Compiles the library and links it under its other names. A datum gets a page of zeros."""
    text = {"OBJECT": "char {}[4096];\n"}
    source = "".join(
        text.get(kind, "int {}(void) {{ return 100; }}\n").format(name)
        for group in missing.values()
        for name, kind in group.items()
    )
    versions = "".join(
        f"{version} {{ {' '.join(name + ';' for name in missing.get(version, []))} }};\n"
        for version in sorted({*files, *missing} - {""})
    )
    with tempfile.TemporaryDirectory() as temporary:
        c, script = pathlib.Path(temporary, "no_cuda.c"), pathlib.Path(temporary, "versions")
        c.write_text(source)
        script.write_text(versions)
        command = ["cc", "-shared", "-fPIC", "-w", f"-Wl,--version-script={script}", "-o", folder / files[0], c]
        subprocess.run(command, check=True)
    for other in files[1:]:
        (folder / other).unlink(missing_ok=True)
        (folder / other).symlink_to(files[0])


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    build(*wanted(sorted(folder.glob("lib*.so"))), folder)
