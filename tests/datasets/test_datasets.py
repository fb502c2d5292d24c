"""Data sets come from a folder, a cache or a server, whole and checked, and nothing in their files is run."""

import dataclasses
import gzip
import hashlib
import io
import re
import struct
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.datasets import DataError, cifar10, colours, flowers, mnist, shakespeare
from grader.datasets.colours import cluster_colours
from grader.datasets.download import fetch
from grader.datasets.places import cache_folder
from grader.datasets.sources import CIFAR10, FLOWER_MASKS, FLOWERS, MNIST, SHAKESPEARE, Source

WHOLE = bytes(range(256)) * 4000  # a file of a megabyte


class Server(ThreadingHTTPServer):
    """Serves `files`, can go on with a part, and can hang up early."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None]] = []  # path and Range
        self.hangs_up_after: int | None = None
        self.knows_ranges = True
        self.moved = ""  # paths that begin so are sent on to the rest of them

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.requests.append((self.path, asked))
        if self.server.moved and self.path.startswith(self.server.moved):
            self.send_response(302)
            self.send_header("Location", "/" + self.path.removeprefix(self.server.moved))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = self.server.files.get(self.path.lstrip("/"))
        if content is None:
            self.send_error(404)
            return
        begin = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and self.server.knows_ranges else 0
        if begin and begin >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[begin : self.server.hangs_up_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("GRADE_DATA", raising=False)
    monkeypatch.setenv("GRADE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")  # the servers here are our own
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder that GRADE_DATA names."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("GRADE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def source_of(content: bytes, **changes) -> Source:
    sum_of_all = hashlib.sha256(content).hexdigest()
    whole = Source("mnist", "whole.bin", ("http://127.0.0.1:9/",), "sha256", sum_of_all)
    return dataclasses.replace(whole, **changes)


# Downloading


def test_a_file_is_downloaded_once(server, cache, capsys):
    server.files["whole.bin"] = WHOLE
    path = fetch(source_of(WHOLE), server.url)
    assert path == cache / "mnist" / "whole.bin"
    assert path.read_bytes() == WHOLE
    assert fetch(source_of(WHOLE), server.url) == path
    assert server.requests == [("/whole.bin", None)]
    assert capsys.readouterr().err == "downloading whole.bin (1.0 MB)\n"
    assert [p.name for p in path.parent.iterdir()] == ["whole.bin"]


def test_on_a_terminal_a_bar_shows_the_progress(server, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    server.files["whole.bin"] = WHOLE
    fetch(source_of(WHOLE), server.url)
    assert "whole.bin" in terminal.getvalue()
    assert "1.0/1.0 MB" in terminal.getvalue()


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_download_that_was_cut_goes_on(server, cache, knows_ranges):
    """What is kept of it are whole blocks of 64 KB."""
    server.files["whole.bin"] = WHOLE
    server.hangs_up_after, server.knows_ranges = 300_000, knows_ranges
    with pytest.raises(DataError, match="ended after 262,144 of 1,024,000 bytes; run this again"):
        fetch(source_of(WHOLE), server.url)
    assert not (cache / "mnist" / "whole.bin").exists()
    server.hangs_up_after = None
    assert fetch(source_of(WHOLE), server.url).read_bytes() == WHOLE
    assert server.requests == [("/whole.bin", None), ("/whole.bin", "bytes=262144-")]


def test_a_part_that_is_longer_than_the_file_is_begun_anew(server, cache):
    (cache / "mnist").mkdir(parents=True)
    (cache / "mnist" / "whole.bin.part").write_bytes(b"x" * 2_000_000)
    server.files["whole.bin"] = WHOLE
    assert fetch(source_of(WHOLE), server.url).read_bytes() == WHOLE
    assert [asked for _, asked in server.requests] == ["bytes=2000000-", None]


def test_without_a_checksum_nothing_is_gone_on_with(server, cache):
    (cache / "mnist").mkdir(parents=True)
    (cache / "mnist" / "whole.bin.part").write_bytes(b"of another version")
    server.files["whole.bin"] = WHOLE
    assert fetch(source_of(WHOLE, algorithm="", digest=""), server.url).read_bytes() == WHOLE


def test_a_download_with_a_wrong_checksum_is_removed_and_named(server, cache):
    server.files["whole.bin"] = WHOLE[:-1] + b"?"
    with pytest.raises(
        DataError, match=r"whole\.bin\.part: is broken \(sha256 [0-9a-f]+, not .*was removed; run this again"
    ):
        fetch(source_of(WHOLE), server.url)
    assert list((cache / "mnist").iterdir()) == []


def test_a_broken_file_in_the_cache_is_removed_and_named(server, cache):
    server.files["whole.bin"] = WHOLE
    path = fetch(source_of(WHOLE), server.url)
    path.write_bytes(b"broken")
    with pytest.raises(DataError, match=rf"{re.escape(str(path))}: is broken"):
        fetch(source_of(WHOLE), server.url)
    assert fetch(source_of(WHOLE), server.url).read_bytes() == WHOLE


def test_a_part_goes_on_behind_a_redirection(server):
    """The first reply is none of the file: what is here stays."""
    server.files["whole.bin"] = WHOLE
    server.hangs_up_after = 300_000
    with pytest.raises(DataError, match="run this again"):
        fetch(source_of(WHOLE), server.url)
    server.hangs_up_after, server.moved = None, "/moved/"
    assert fetch(source_of(WHOLE), server.url + "moved/").read_bytes() == WHOLE
    assert [asked for _, asked in server.requests] == [None, "bytes=262144-", "bytes=262144-"]


def test_the_second_server_is_tried_where_the_first_has_nothing(server):
    server.files["second/whole.bin"] = WHOLE
    both = source_of(WHOLE, servers=(server.url + "first/", server.url + "second/"))
    assert fetch(both).read_bytes() == WHOLE


def test_offline_one_line_says_what_to_do():
    with pytest.raises(DataError) as raised:
        mnist(mirror="http://127.0.0.1:9/")
    assert str(raised.value) == (
        "can't download train-images-idx3-ubyte.gz (http://127.0.0.1:9/train-images-idx3-ubyte.gz: [Errno 111] "
        "Connection refused); set GRADE_DATA to a folder with the data, or take stand-ins made by code: "
        "mnist(offline=True)"
    )


def test_offline_with_a_folder_that_has_other_data_the_line_names_it(folder):
    (folder / "notes.txt").write_text("nothing here")
    with pytest.raises(DataError, match=rf"GRADE_DATA={re.escape(str(folder))} has none of it: put it there, or take"):
        shakespeare(mirror="http://127.0.0.1:9/")


def test_only_http_addresses_are_opened(tmp_path):
    (tmp_path / "input.txt").write_text("secret")
    with pytest.raises(DataError, match="is no http address"):
        shakespeare(mirror=tmp_path.as_uri())


def test_a_cache_that_cannot_be_written_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADE_CACHE", str(tmp_path / "file"))
    server.files["whole.bin"] = WHOLE
    with pytest.raises(DataError, match="Not a directory; set GRADE_CACHE to a folder with room"):
        fetch(source_of(WHOLE), server.url)


def test_the_cache_is_where_the_desktop_standard_says(monkeypatch):
    monkeypatch.delenv("GRADE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/cache")
    assert cache_folder() == Path("/somewhere/cache/grader")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert cache_folder() == Path("/home/ada/.cache/grader")


@pytest.mark.parametrize("load", [cifar10, mnist, shakespeare, flowers, colours])
def test_a_data_folder_that_does_not_exist_is_an_error(load, monkeypatch):
    monkeypatch.setenv("GRADE_DATA", "/no/such/folder")
    with pytest.raises(DataError, match="GRADE_DATA is '/no/such/folder', which is no folder; name the folder"):
        load()


@pytest.mark.parametrize("source", [CIFAR10, *MNIST.values(), SHAKESPEARE, FLOWERS, FLOWER_MASKS], ids=lambda s: s.name)
def test_sources_are_https_folders_and_checksums_have_their_length(source):
    assert all(re.fullmatch(r"https://.*/", server) for server in source.servers)
    assert len(source.digest) == (hashlib.new(source.algorithm).digest_size * 2 if source.algorithm else 0)


# CIFAR-10


def cifar_batch(rng, count) -> bytes:
    records = rng.integers(0, 256, (count, 3073), np.uint8)
    records[:, 0] %= 10
    return records.tobytes()


def cifar_batches() -> dict[str, bytes]:
    rng = np.random.default_rng(5)
    names = [f"data_batch_{i}.bin" for i in range(1, 6)]
    batches = {f"cifar-10-batches-bin/{name}": cifar_batch(rng, 4) for name in (*names, "test_batch.bin")}
    return {"cifar-10-batches-bin/batches.meta.txt": b"not read", **batches}


def tar_gz(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def let_publish(monkeypatch, load, name: str, content: bytes) -> None:
    """Let this content be what the checksum of a loader's source is of."""
    module = sys.modules[load.__module__]
    digest = hashlib.md5(content).hexdigest()
    monkeypatch.setattr(module, name, dataclasses.replace(getattr(module, name), algorithm="md5", digest=digest))


def test_cifar10_is_downloaded_checked_and_read(server, monkeypatch):
    batches = cifar_batches()
    server.files["cifar-10-binary.tar.gz"] = tar_gz(batches)
    let_publish(monkeypatch, cifar10, "CIFAR10", server.files["cifar-10-binary.tar.gz"])
    (x_train, y_train), (x_test, y_test) = cifar10(mirror=server.url)
    assert (x_train.shape, x_train.dtype) == ((20, 3, 32, 32), np.uint8)
    assert (x_test.shape, y_train.shape, y_test.shape) == ((4, 3, 32, 32), (20,), (4,))
    first = batches["cifar-10-batches-bin/data_batch_1.bin"]
    assert x_train[0, 1, 2, 3] == first[1 + 1024 + 2 * 32 + 3]
    assert y_train[:4].tolist() == list(first[::3073])
    assert x_train.flags.writeable


def test_cifar10_that_is_not_the_published_file_is_not_opened(server):
    server.files["cifar-10-binary.tar.gz"] = tar_gz(cifar_batches())
    with pytest.raises(DataError, match=r"cifar-10-binary\.tar\.gz\.part: is broken \(md5"):
        cifar10(mirror=server.url)


@pytest.mark.parametrize("unpacked", [True, False])
def test_cifar10_is_read_from_a_folder(folder, unpacked):
    batches = cifar_batches()
    if unpacked:
        (folder / "cifar-10-batches-bin").mkdir()
        for name, content in batches.items():
            (folder / name).write_bytes(content)
    else:
        (folder / "cifar-10-binary.tar.gz").write_bytes(tar_gz(batches))
    (x_train, y_train), (x_test, _) = cifar10()
    assert (x_train.shape, y_train.dtype, x_test.shape) == ((20, 3, 32, 32), np.int64, (4, 3, 32, 32))


@pytest.mark.parametrize(
    "batch", [b"", bytes(3072), bytes(3074), b"\x0a" + bytes(3072)], ids=["empty", "short", "long", "eleventh class"]
)
@pytest.mark.parametrize("unpacked", [True, False])
def test_a_batch_that_is_none_is_named(folder, batch, unpacked):
    batches = {**cifar_batches(), "cifar-10-batches-bin/test_batch.bin": batch}
    if unpacked:
        (folder / "cifar-10-batches-bin").mkdir()
        for name, content in batches.items():
            (folder / name).write_bytes(content)
    else:
        (folder / "cifar-10-binary.tar.gz").write_bytes(tar_gz(batches))
    with pytest.raises(DataError, match=r"test_batch\.bin: is no batch of CIFAR-10, with 3,073 bytes.*; get the file"):
        cifar10()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (tar_gz(cifar_batches())[:50], "is no whole .tar.gz"),
        (tar_gz(cifar_batches())[:-2000], "is no whole .tar.gz"),
        (tar_gz({"readme": b"x"}), "holds no data_batch_1"),
        (b"<html>", "is no whole .tar.gz"),
    ],
    ids=["only a beginning", "no end", "other files", "a web page"],
)
def test_an_archive_that_is_none_is_named(folder, content, says):
    (folder / "cifar-10-binary.tar.gz").write_bytes(content)
    with pytest.raises(DataError, match=rf"cifar-10-binary\.tar\.gz: {says}.*again"):
        cifar10()


def images(count, value):
    return np.full((count, 3, 32, 32), value, np.uint8)


@pytest.mark.parametrize(("name", "label"), [("cats", 3), ("CIFAR-truck-2", 9), ("horses_and_more", 7)])
def test_a_file_named_after_a_class_holds_that_class(folder, name, label):
    np.savez(folder / f"{name}.npz", train=images(5, 1), test=images(2, 2))
    assert cifar10()[0][1].tolist() == [label] * 5


def test_horses_in_an_npz_file_are_horses(folder):
    np.savez(folder / "cifar10_horses_jpeg.npz", train=images(5, 1), test=images(2, 2))
    np.savez(folder / "cifar10_horses_225.npz", x=images(3, 3))
    np.savez(folder / "cifar10_batch2_first1028.npz", x=images(4, 4), y=np.arange(4))
    np.savez(folder / "gan-checks.npz", logits_real=np.zeros((10, 1)))
    (x_train, y_train), (x_test, y_test) = cifar10()
    assert (x_train == images(5, 1)).all()
    assert (x_test == images(2, 2)).all()
    assert (y_train.tolist(), y_test.tolist()) == ([7] * 5, [7] * 2)


def test_where_no_file_has_test_images_every_tenth_is_held_out(folder):
    np.savez(folder / "cifar10_horses_225.npz", x=images(3, 3))
    np.savez(folder / "cifar10_batch2_first1028.npz", x=images(25, 4), y=np.arange(25) % 10)
    (x_train, y_train), (x_test, y_test) = cifar10()
    assert (len(x_train), len(x_test)) == (22, 3)
    assert y_test.tolist() == [9, 9, 4]
    assert sorted([*y_train, *y_test]) == sorted(np.arange(25) % 10)


@pytest.mark.parametrize("name", ["zebras", "concatenated"])
def test_images_without_labels_are_taken_only_from_a_file_named_after_a_class(folder, name):
    np.savez(folder / f"{name}.npz", train=images(5, 1), test=images(2, 2))
    with pytest.raises(DataError, match="has none of it"):
        cifar10(mirror="http://127.0.0.1:9/")


def test_a_broken_npz_file_is_named(folder):
    (folder / "horses.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match=r"horses\.npz: can't be read as arrays"):
        cifar10()


# MNIST


def idx(array) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def mnist_files() -> dict[str, bytes]:
    rng = np.random.default_rng(6)
    shapes = {"x_train": (5, 28, 28), "y_train": (5,), "x_test": (3, 28, 28), "y_test": (3,)}
    return {MNIST[part].name: gzip.compress(idx(rng.integers(0, 10, shape))) for part, shape in shapes.items()}


def test_mnist_is_downloaded_checked_and_read(server, monkeypatch):
    server.files = mnist_files()
    known = {
        part: dataclasses.replace(source, digest=hashlib.md5(server.files[source.name]).hexdigest())
        for part, source in MNIST.items()
    }
    monkeypatch.setattr(sys.modules[mnist.__module__], "MNIST", known)
    (x_train, y_train), (x_test, y_test) = mnist(mirror=server.url)
    assert (x_train.shape, x_train.dtype, y_train.shape, y_train.dtype) == ((5, 28, 28), np.uint8, (5,), np.int64)
    assert (x_test.shape, y_test.shape) == ((3, 28, 28), (3,))
    assert gzip.decompress(server.files["t10k-images-idx3-ubyte.gz"])[16:] == x_test.tobytes()


@pytest.mark.parametrize(
    "name",
    [lambda n: n, lambda n: n.removesuffix(".gz"), lambda n: n[:-3].replace("-idx", ".idx")],
    ids=["published", "unpacked", "with a dot"],
)
def test_mnist_is_read_from_a_folder(folder, name):
    (folder / "MNIST" / "raw").mkdir(parents=True)
    for published, content in mnist_files().items():
        plain = content if name(published).endswith(".gz") else gzip.decompress(content)
        (folder / "MNIST" / "raw" / name(published)).write_bytes(plain)
    (x_train, _), (x_test, _) = mnist()
    assert (len(x_train), len(x_test)) == (5, 3)


@pytest.mark.parametrize("one_file", [True, False])
def test_mnist_is_read_from_npz_files(folder, one_file):
    x, y = np.zeros((4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    if one_file:
        np.savez(folder / "mnist.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    else:
        np.savez(folder / "mnist_train_first4.npz", x=x, y=y)
        np.savez(folder / "mnist_t10k_first2.npz", x=x[:2], y=y[:2])
    (x_train, y_train), (x_test, y_test) = mnist()
    assert (x_train.shape, x_test.shape) == ((4, 28, 28), (2, 28, 28))
    assert (y_train.tolist(), y_test.tolist(), y_test.dtype) == ([0, 1, 2, 3], [0, 1], np.int64)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not gzip", "is no IDX file"),
        (gzip.compress(b"\0\0"), "is no IDX file"),
        (gzip.compress(idx(np.zeros((5, 28, 28))))[:-9], "is no IDX file"),
        (gzip.compress(idx(np.zeros((5, 28, 28)))[:-1]), "is no whole IDX file of unsigned bytes"),
        (gzip.compress(b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0"), "is no whole IDX file of unsigned bytes"),
        (gzip.compress(idx(np.zeros((4, 28, 28)))), r"has the shape \(4, 28, 28\) and its labels \(5,\); expected"),
    ],
    ids=["no gzip", "two bytes", "gzip cut", "content cut", "another type", "fewer images"],
)
def test_a_broken_file_of_mnist_is_named(folder, content, says):
    for name, whole in {**mnist_files(), "train-images-idx3-ubyte.gz": content}.items():
        (folder / name).write_bytes(whole)
    with pytest.raises(DataError, match=rf"train-images-idx3-ubyte\.gz: {says}.*again"):
        mnist()


# Shakespeare


def test_the_text_is_downloaded_checked_and_read(server, monkeypatch):
    server.files["input.txt"] = "First Citizen:\nSpeak – speak.\n".encode()
    let_publish(monkeypatch, shakespeare, "SHAKESPEARE", server.files["input.txt"])
    assert shakespeare(mirror=server.url) == "First Citizen:\nSpeak – speak.\n"


def test_the_text_is_read_from_a_folder(folder):
    (folder / "char_rnn").mkdir()
    (folder / "char_rnn" / "samples.txt").write_text("no")
    (folder / "char_rnn" / "shakespeare_train.txt").write_bytes(b"All:\r\nSpeak.\n")
    assert shakespeare() == "All:\r\nSpeak.\n"


def test_a_text_that_is_none_is_named(folder):
    (folder / "shakespeare.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"shakespeare\.txt: is not UTF-8 text; save it as UTF-8"):
        shakespeare()


# Flowers


def flower(background) -> tuple[bytes, bytes]:
    """A photograph of 40×20 pixels and its mask: the left half flower, then a border, then background."""
    mask = Image.new("P", (40, 20))
    mask.putpalette([0, 0, 0, 128, 0, 0, *background])
    mask.putdata(([1] * 20 + [0] * 10 + [2] * 10) * 20)
    photograph = Image.new("RGB", (40, 20), (250, 120, 10))
    streams = io.BytesIO(), io.BytesIO()
    photograph.save(streams[0], "JPEG")
    mask.save(streams[1], "PNG")
    return streams[0].getvalue(), streams[1].getvalue()


def assert_halves(seen, count, size):
    photographs, masks = seen
    assert (photographs.shape, photographs.dtype) == ((count, 3, size, size), np.uint8)
    assert (masks.shape, masks.dtype) == ((count, size, size), np.uint8)
    assert masks[:, :, : size // 2].min() == 1
    assert masks[:, :, size // 2 :].max() == 0
    assert np.abs(photographs.astype(int) - np.array([250, 120, 10])[:, None, None]).max() < 10


def test_flowers_are_downloaded_checked_and_read(server, monkeypatch):
    (photo, mask), (other, _) = flower((128, 128, 0)), flower((0, 128, 0))
    server.files["17flowers.tgz"] = tar_gz(
        {"jpg/image_0001.jpg": photo, "jpg/image_0002.jpg": other, "jpg/files.txt": b""}
    )
    server.files["trimaps.tgz"] = tar_gz({"trimaps/image_0001.png": mask, "trimaps/imlist.mat": b""})
    let_publish(monkeypatch, flowers, "FLOWERS", server.files["17flowers.tgz"])
    assert_halves(flowers(mirror=server.url), count=1, size=128)


@pytest.mark.parametrize(
    ("photograph", "mask"),
    [
        ("images_easy_easy_{}.jpg", "ground_truths_easy_easy_{}.png"),
        ("jpg/image_000{}.jpg", "trimaps/image_000{}.png"),
    ],
)
def test_flowers_are_read_from_a_folder(folder, photograph, mask):
    for i, background in enumerate([(128, 128, 0), (0, 128, 0)]):
        for name, content in zip((photograph, mask), flower(background), strict=True):
            path = folder / "flowers" / name.format(i)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    assert_halves(flowers(size=32), count=2, size=32)


def test_a_flower_that_is_no_image_is_named(folder):
    (folder / "image_1.jpg").write_bytes(flower((0, 128, 0))[0][:200])
    (folder / "image_1.png").write_bytes(flower((0, 128, 0))[1])
    with pytest.raises(DataError, match=r"flowers: image_1\.jpg is no whole image; get it again"):
        flowers()


def test_flowers_without_masks_are_none(folder):
    (folder / "17flowers.tgz").write_bytes(tar_gz({"jpg/image_0001.jpg": flower((0, 128, 0))[0]}))
    (folder / "trimaps.tgz").write_bytes(tar_gz({"trimaps/image_0002.png": flower((0, 128, 0))[1]}))
    with pytest.raises(DataError, match="no flower has both a photograph and a mask"):
        flowers()


def test_flowers_need_pillow_and_say_so_before_they_are_downloaded(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(DataError, match="Pillow, which is not installed; run: pip install pillow"):
        flowers(mirror=server.url)
    assert server.requests == []
    assert len(flowers(8, offline=True)[0]) == 160


def test_flowers_have_a_size():
    with pytest.raises(DataError, match="size is 0; give the pixels of a side"):
        flowers(0, offline=True)


# Colours


def test_colours_are_read_plain_or_from_an_array_of_objects(folder):
    rng = np.random.default_rng(8)
    plain, pickled = rng.random((16, 3)), rng.random((24, 3))
    with_its_error = np.empty(2, dtype=object)
    with_its_error[:] = [pickled, np.float64(0.07)]
    (folder / "colour_kmeans").mkdir()
    np.save(folder / "colour_kmeans" / "colours16_plain.npy", plain)
    np.save(folder / "colour_kmeans" / "colour_kmeans24_cat7.npy", with_its_error, allow_pickle=True)
    assert (colours(16) == plain).all()
    assert (colours(24) == pickled).all()
    assert (colours() == pickled).all()


def test_colours_that_are_nowhere_are_computed_from_a_class(folder):
    rng = np.random.default_rng(9)
    five = np.array([[10, 20, 30], [200, 10, 10], [20, 220, 40], [90, 90, 250], [240, 240, 230]], np.uint8)
    pixels = five[rng.integers(0, 5, (6, 32, 32))].transpose(0, 3, 1, 2)
    np.savez(
        folder / "x.npz",
        x_train=np.concatenate([pixels, images(6, 128)]),
        y_train=[7] * 6 + [1] * 6,
        x_test=images(1, 0),
        y_test=[7],
    )
    assert np.allclose(colours(5, of="horse"), five[five.sum(1).argsort()] / 256)
    assert (colours(5) == colours(5)).all()
    with pytest.raises(DataError, match="6 can't be told apart in these images; ask for fewer"):
        colours(6, of="horse")


def test_colours_of_images_lie_in_their_middles():
    plane = np.array([200, 206, 0, 2], np.uint8).repeat(16).reshape(8, 8)
    assert np.allclose(cluster_colours(np.stack([plane] * 3)[None], 2), np.array([[1] * 3, [203] * 3]) / 256)
