"""Which form of a spec leads where, and what is said of the others."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from lossproof.models import MODELS, open_model

from .networks import write_declaration, write_network, write_user_file


def test_every_entry_of_the_table_names_a_function() -> None:
    for entry in MODELS.values():
        module, _, function = entry.opener.partition(":")
        assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "segnett",
            r"unknown model 'segnett' \(did you mean 'segnet'\?\); known: segnet, .*; allowed: ",
        ),
        (
            "",
            r"unknown model ''; known: segnet, .*; allowed: NAME .* FILE\.toml .* FILE\.py",
        ),
        ("segnet_tinytwn", r"did you mean 'segnet_tinytown'\?"),
        ("segnet_tinytown:mine.safetensors", "segnet_tinytown has weights of its own, but mine"),
        ("openpose", "openpose is for pose; models for segmentation: segnet, segnet_tinytown$"),
        ("segnet:", r"'segnet:' ends after the colon"),
        ("net.onnx", r"without its declaration .* FILE\.toml:net\.onnx is allowed"),
        ("no.py", r"'no\.py' names no function; no\.py:load is allowed"),
        ("no.py:load", r"model file 'no\.py' does not exist or cannot be read"),
        ("no.toml", r"declaration 'no\.toml' cannot be read: No such file"),
        ("segnet:no.safetensors", r"weights 'no\.safetensors' does not exist"),
    ],
)
def test_a_spec_that_leads_nowhere(spec: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_model(spec, task="segmentation", num_classes=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_classes": -1}, "num_classes is -1; 0 or more"),
        ({"num_classes": 3, "threads": 0}, "threads is 0; 1 or more, or None"),
        ({"num_classes": 3, "device": "toaster"}, "device 'toaster' is unknown; cpu, cuda"),
        ({"num_classes": 3, "device": "cuda:99"}, "device 'cuda:99' is not there"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_model("segnet", task="segmentation", **options)


def test_opening_imports_no_framework_that_is_not_needed(tmp_path: Path) -> None:
    write_network(tmp_path / "tiny.onnx")
    write_declaration(tmp_path / "tiny.toml")
    write_user_file(tmp_path / "mine.py")
    code = f"""
import sys
from lossproof.models import open_model
assert not {{"torch", "onnxruntime", "onnx", "pydantic"}} & set(sys.modules)
open_model({str(tmp_path / "mine.py")!r} + ":load", task="segmentation", num_classes=3)
assert not {{"torch", "onnxruntime", "onnx", "pydantic"}} & set(sys.modules)
declared = {str(tmp_path / "tiny.toml")!r} + ":" + {str(tmp_path / "tiny.onnx")!r}
open_model(declared, task="segmentation", num_classes=3)
assert not {{"torch", "onnxruntime"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
