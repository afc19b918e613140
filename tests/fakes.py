"""The stand-ins that tests share: a small world of coloured blocks, and models that know it."""

from pathlib import Path

import numpy as np
from PIL import Image

NUM_CLASSES = 11
SIDE = 5  # of a block in pixels: not JPEG's 8, whose grid would only smooth the noise
COLOURS = np.random.default_rng(7).integers(20, 236, (NUM_CLASSES, 3), dtype=np.int64)

MODEL = '''
import time
from pathlib import Path
import numpy as np

COLOURS = np.array({colours})


class Nearest:
    """Each pixel gets the class of the nearest colour; every frame is noted in a log."""

    name = "nearest"
    batch_size = {batch_size}

    def predict(self, frames):
        with open({log!r}, "a") as log:
            log.write("x" * len(frames))
        time.sleep({seconds} * len(frames))
        return [
            np.square(frame[:, :, None].astype(int) - COLOURS).sum(-1).argmin(-1)
            for frame in frames
        ]


def load():
    return Nearest()
'''


def write_world(
    root: Path, *, num_samples: int = 10, size: tuple[int, int] = (48, 32), seed: int = 0
) -> str:
    """Pictures of noisy coloured blocks in CamVid's layout; the answer is ``--data``."""
    generator = np.random.default_rng(seed)
    lines = []
    for index in range(num_samples):
        name = f"{index:04d}.png"
        labels = _blocks(generator, size)
        noise = generator.normal(0, 10, (*labels.shape, 3))
        frame = COLOURS[np.minimum(labels, NUM_CLASSES - 1)] + noise
        _save(root / "test" / name, frame.clip(0, 255).astype(np.uint8))
        _save(root / "testannot" / name, labels.astype(np.uint8))
        lines.append(f"test/{name} testannot/{name}\n")
    (root / "test.txt").write_text("".join(lines))
    return f"camvid:{root}"


def write_model(folder: Path, *, seconds: float = 0.0, batch_size: int = 4) -> str:
    """A user's model in one file; the answer is ``--model``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nearest.py"
    text = MODEL.format(
        colours=COLOURS.tolist(),
        log=str(folder / "frames.log"),
        seconds=seconds,
        batch_size=batch_size,
    )
    path.write_text(text)
    return f"{path}:load"


def frames_predicted(folder: Path) -> int:
    """How many frames the model of ``write_model`` was given in all."""
    log = folder / "frames.log"
    return len(log.read_text()) if log.exists() else 0


def _blocks(generator: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Class values with 11, which is ignored, among them."""
    width, height = size
    coarse = generator.integers(0, NUM_CLASSES + 1, (height // SIDE + 1, width // SIDE + 1))
    return np.kron(coarse, np.ones((SIDE, SIDE), dtype=np.int64))[:height, :width]


def _save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
