"""What is downloaded, from where, and by which checksum a whole file is known."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A file that a server publishes."""

    loader: str  # the function that asks for it; also its folder in the cache
    name: str
    servers: tuple[str, ...]  # folders that hold the file, in the order in which they are tried
    algorithm: str = ""  # of hashlib; empty where no checksum is published
    digest: str = ""


CIFAR10 = Source(
    loader="cifar10",
    name="cifar-10-binary.tar.gz",
    servers=("https://www.cs.toronto.edu/~kriz/",),
    algorithm="md5",
    digest="c32a1d4ab5d03f1284b67883e8d87530",
)

MNIST = {
    part: Source(
        loader="mnist",
        name=name,
        servers=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        algorithm="md5",
        digest=digest,
    )
    for part, name, digest in (
        ("x_train", "train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("y_train", "train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("x_test", "t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("y_test", "t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    )
}

SHAKESPEARE = Source(
    loader="shakespeare",
    name="input.txt",
    servers=("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",),
    algorithm="sha256",
    digest="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)

FLOWER_SERVERS = ("https://www.robots.ox.ac.uk/~vgg/data/flowers/17/",)
FLOWERS = Source(
    loader="flowers",
    name="17flowers.tgz",
    servers=FLOWER_SERVERS,
    algorithm="md5",
    digest="b59a65d8d1a99cd66944d474e1289eab",
)
FLOWER_MASKS = Source(loader="flowers", name="trimaps.tgz", servers=FLOWER_SERVERS)
