"""Write the sample submissions beside this file: `python tests/submissions/make_samples.py`.

The same sources give the same bytes, so that a test can tell whether the committed files are up to date.
"""

import base64
import io
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import jupytext
import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.authoring.handout.handout import render_handout, render_solved
from grader.course.folder import open_course

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
ROOT = HERE.parents[1]
COURSE = open_course(ROOT)
EXERCISES = ("colour/my_conv2d", "colour/cnn", "colour/unet")
LONG_AGO = (2019, 11, 23, 12, 0, 0)


def samples():
    """Every sample: file name -> {path inside the archive: bytes}; a path that ends in / is an empty folder."""
    return {
        "cs5370-a4-full.zip": full(),
        "cs5370-a4-mixed.zip": mixed(),
        "cs5370-a4-untouched.zip": as_bytes(render_handout(COURSE, "cs5370-a4")),
        "cse891-hw2-full.zip": cse891(),
        "empty.zip": {"CS19B000_Assign4/": b"", "__MACOSX/._CS19B000_Assign4": b"\0\5\x16\7"},
        "hostile.zip": hostile(),
    }


def full():
    """Everything right; the colourization is in a notebook as students hand it in: magics, downloads, training, outputs."""
    cells = cells_of(SOURCES / "opening.py")
    for exercise in EXERCISES:
        cells += cells_of(ROOT / "solutions" / exercise / "reference.py")
    cells += cells_of(SOURCES / "training.py")
    return as_bytes(render_solved(COURSE, "cs5370-a4")) | {
        "colourization.ipynb": notebook(cells, {"grader": {"assignment": "cs5370-a4"}}),
        "report.pdf": b"%PDF-1.4\n% answers to the written questions\n%%EOF\n",
    }


def mixed():
    """MyConv2d is right, CNN has 24 colours written in, UNet lacks a skip connection, the generator its tanh.

    Some answers are given, one of them wrong; the recurrent network and half of the GAN were not attempted.
    """
    cells = [cell for name in ("opening", "mixed_classes", "training") for cell in cells_of(SOURCES / f"{name}.py")]
    older = notebook([cell for cell in cells if "class UNet" not in cell["source"]], {})
    folder = "CS19B000_Assign4/Assign4"
    return {
        f"{folder}/colourization.ipynb": notebook(cells, {"colab": {"name": "colourization.ipynb"}}),
        f"{folder}/.ipynb_checkpoints/colourization-checkpoint.ipynb": older,
        f"{folder}/GAN-PyTorch.ipynb": notebook(cells_of(SOURCES / "mixed_gan.py"), {}),
        f"{folder}/answers.toml": (SOURCES / "mixed_answers.toml").read_bytes(),
        f"{folder}/colour/colour_kmeans24_cat7.npy": colours(),
        f"{folder}/report.txt": b"1.1(b) 25 epochs\n1.4(a) 8x8 and 32x32\n",
        "__MACOSX/CS19B000_Assign4/Assign4/._colourization.ipynb": b"\0\5\x16\7",
        f"{folder}/.DS_Store": b"\0\0\0\1Bud1",
    }


def cse891():
    sources = sorted((SOURCES / "cse891").glob("*.py"))
    files = {f"{path.stem}-12345.py": path.read_bytes() for path in sources}
    answers = render_solved(COURSE, "cse891-hw2")["answers.toml"].encode()
    return files | {"answers.toml": answers, "programming-assignment-2-12345.pdf": b"%PDF-1.4\n% answers\n%%EOF\n"}


def as_bytes(files):
    return {name: text.encode() for name, text in files.items()}


def hostile():
    return {
        "colourization.ipynb": notebook(cells_of(SOURCES / "hostile_notebook.py"), {}),
        "unet.py": (SOURCES / "hostile_module.py").read_bytes(),
    }


def cells_of(path):
    """The cells of a percent-format file, without those tagged "standalone" and without solution marks."""
    read = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    kept = [cell for cell in read if "standalone" not in cell.metadata.get("tags", ())]
    return [{"kind": cell.cell_type, "source": without_marks(cell.source)} for cell in kept]


def without_marks(source):
    return "\n".join(
        line for line in source.splitlines() if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")
    )


def notebook(cells, metadata):
    nodes = [as_node(number, cell) for number, cell in enumerate(cells, start=1)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return nbformat.writes(new_notebook(cells=nodes, metadata=kernel | metadata)).encode()


def as_node(number, cell):
    if cell["kind"] != "code":
        return new_markdown_cell(cell["source"], id=f"cell-{number}")
    outputs = saved_outputs(cell["source"])
    return new_code_cell(cell["source"], id=f"cell-{number}", execution_count=number, outputs=outputs)


def saved_outputs(source):
    """What a training cell left behind: loss lines and a picture."""
    if "= train(" not in source:
        return []
    losses = "".join(f"Epoch [{i}/25], Loss: {1.55 + 1.5 / i:.4f}, Time (s): {4 * i}\n" for i in range(1, 26))
    png = base64.b64encode(grey_png(8)).decode()
    return [
        new_output("stream", text=losses),
        new_output("display_data", {"image/png": png, "text/plain": "<Figure>"}),
    ]


def grey_png(size):
    """A square grey PNG image."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * size) * size, level=0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def colours():
    """24 colours spread evenly over the RGB cube, as an .npy file."""
    steps = np.arange(24, dtype=np.float32)
    written = io.BytesIO()
    np.save(written, np.stack([steps * 7 % 24, steps * 5 % 24, steps * 11 % 24], axis=1) / np.float32(24))
    return written.getvalue()


def archive(files):
    """A zip whose bytes depend on `files` alone."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=LONG_AGO)
            entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
            entry.create_system = 3
            target.writestr(entry, data, zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED)
    return written.getvalue()


def main():
    for name, files in samples().items():
        (HERE / name).write_bytes(archive(files))
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
