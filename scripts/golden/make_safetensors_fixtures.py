"""Writes the safetensors files that SafetensorsFormatTest reads, with the safetensors package; needs ml_dtypes for bfloat16.

Run from the project's root: python3 scripts/golden/make_safetensors_fixtures.py
With a file as argument, reads it with the package and prints names, types, shapes and sums: a check of what Sinter wrote.
"""

import pathlib
import sys

import numpy as np

if len(sys.argv) > 1:
    from safetensors import safe_open

    with safe_open(sys.argv[1], framework="numpy") as file:
        print(file.metadata())
        for name in file.keys():
            array = file.get_tensor(name)
            print(name, array.dtype, list(array.shape), float(array.sum(dtype="float64")))
    sys.exit()

import ml_dtypes
from safetensors.numpy import save_file

folder = pathlib.Path("engine/formats/src/test/resources/safetensors")
folder.mkdir(parents=True, exist_ok=True)

values = np.array([[-2.5, 0.0, 0.5], [1.0, 3.25, 65504.0]])
save_file(
    {
        "single": values.astype("float32"),
        "double": values,
        "half": values.astype("float16"),
        "subnormal": np.array([2.0**-24, -(2.0**-15)], "float16"),
        "brain": np.array([1.0, -1.5, 2.0**100], ml_dtypes.bfloat16),
        "scalar": np.array(7, "float32"),
        "empty": np.zeros((0, 4), "float32"),
    },
    folder / "types.safetensors",
    metadata={"format": "np"},
)
save_file({"count": np.array([1, 2], "int64")}, folder / "refused-int64.safetensors")
# A torch.nn.Linear(3, 2) keeps its kernel as [out, in].
save_file(
    {"0.weight": np.arange(6, dtype="float32").reshape(2, 3), "0.bias": np.array([1, 2], "float32")},
    folder / "torch-linear.safetensors",
    metadata={"format": "pt"},
)
