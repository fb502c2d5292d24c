"""Public data sets for notebooks: from a local folder, a cache, or a server; or stand-ins made by code.

Each of these reads $GRADE_DATA where that folder holds the data set, else downloads the published files once into
$GRADE_CACHE (~/.cache/grader). With `offline=True` each makes stand-ins, whatever is there. `read_npz` opens an .npz
file, such as a network's weights, without running anything that stands in it.
"""

from grader.datasets.arrays import read_npz
from grader.datasets.cifar10 import cifar10
from grader.datasets.colours import colours
from grader.datasets.flowers import flowers
from grader.datasets.mnist import mnist
from grader.datasets.shakespeare import shakespeare
from grader.model.errors import DataError

__all__ = ["DataError", "cifar10", "colours", "flowers", "mnist", "read_npz", "shakespeare"]
