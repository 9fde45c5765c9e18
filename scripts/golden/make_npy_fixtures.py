"""Writes the NumPy files that NpyTest and NpzTest read.

Run from the project's root: python3 scripts/golden/make_npy_fixtures.py
Every array holds arange(6) + offset, shape [2, 3], unless its name says otherwise.
"""

import pathlib

import numpy as np
from numpy.lib import format as npy

folder = pathlib.Path("engine/core/src/test/resources/npy")
folder.mkdir(parents=True, exist_ok=True)

base = np.arange(6).reshape(2, 3)
signed = base - 3
for name in ["float32", "float64"]:
    for mark, order in [("<", "little"), (">", "big")]:
        np.save(folder / f"{name}-{order}.npy", (signed + 0.5).astype(np.dtype(name).newbyteorder(mark)))
for name in ["int16", "int32", "int64"]:
    for mark, order in [("<", "little"), (">", "big")]:
        np.save(folder / f"{name}-{order}.npy", signed.astype(np.dtype(name).newbyteorder(mark)))
np.save(folder / "int8.npy", signed.astype("int8"))
np.save(folder / "uint8.npy", (base + 250).astype("uint8"))
np.save(folder / "uint16.npy", (base + 65530).astype("uint16"))
np.save(folder / "uint32.npy", (base * 2**29).astype("uint32"))
np.save(folder / "bool.npy", base % 2 == 1)

cube = np.arange(24).reshape(2, 3, 4)
np.save(folder / "fortran-float64.npy", np.asfortranarray(cube.astype("float64")))
np.save(folder / "fortran-uint8.npy", np.asfortranarray(cube.astype("uint8")))
np.save(folder / "scalar.npy", np.float32(1.5))
np.save(folder / "vector.npy", np.array([1, 2, 3], "float32"))
np.save(folder / "empty.npy", np.zeros((0, 4), "float32"))
for version in [(2, 0), (3, 0)]:
    with open(folder / f"version{version[0]}.npy", "wb") as out:
        npy.write_array(out, base.astype("float32"), version=version)

np.save(folder / "refused-complex.npy", base.astype("complex64"))
np.save(folder / "refused-object.npy", np.array([1, "a"], object))
np.save(folder / "refused-string.npy", np.array(["a", "bc"]))
np.save(folder / "refused-bytes.npy", np.array([b"a", b"bc"]))
np.save(folder / "refused-structured.npy", np.zeros(2, [("a", "f4"), ("b", "i4")]))
np.save(folder / "refused-float16.npy", base.astype("float16"))
np.save(folder / "refused-dates.npy", np.array(["2020-01-01"], "datetime64[D]"))

arrays = {"dense/kernel": signed.astype("float32"), "dense/bias": np.array([1, 2, 3], "float64"), "labels": base.astype("uint8")}
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays)
