"""Our references on real files: `python -m tests.bench.course --data DIR [--minutes M | --skip-training]`.

Prints what was measured beside what is published or was computed without any of the course's code, and ends with
status 1 where a measurement is off or could not be made. The files are no part of this project: weights and checks
handed out with the original courses, CIFAR-10 horses, MNIST digits, photographs of flowers, a trained character RNN.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.model.errors import CourseError
from tests.bench import char_rnn, colon_weights, colour_data, gan, handed_out_weights, segmentation, training
from tests.bench.real_data import DataFolder, MissingDataError
from tests.bench.table import HEADER, Row

Measurement = Callable[[DataFolder], Iterator[Row]]

MEASUREMENTS: tuple[Measurement, ...] = (
    handed_out_weights.rows,
    colour_data.rows,
    segmentation.rows,
    segmentation.fine_tuning,
    gan.losses,
    gan.digits,
    char_rnn.likelihood,
    char_rnn.samples,
    char_rnn.completions,
    colon_weights.rows,
)


def main(data: DataFolder, minutes: float) -> int:
    measurements = list(MEASUREMENTS)
    if minutes > 0:
        measurements.append(lambda data: training.rows(data, minutes))
    print(HEADER, flush=True)
    results = [measure(measurement, data) for measurement in measurements]
    return 0 if all(results) else 1


def measure(measurement: Measurement, data: DataFolder) -> bool:
    """Print the rows of one measurement as they come; whether all are as they should be."""
    good = True
    try:
        for row in measurement(data):
            print(row, flush=True)
            good &= row.ok is not False
    except (MissingDataError, CourseError) as error:
        print(f"not measured: {error}", flush=True)
        return False
    return good


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("GRADE_DATA"), help="the folder; or GRADE_DATA")
    parser.add_argument("--minutes", type=float, default=9.0, help="for training CNN and UNet, both together")
    parser.add_argument("--skip-training", action="store_true")
    given = parser.parse_args()
    if given.data is None or not Path(given.data).is_dir():
        parser.error(f"--data {given.data}: no such folder; name the one with the real files")
    return given


if __name__ == "__main__":
    given = arguments()
    raise SystemExit(main(DataFolder(Path(given.data).resolve()), 0.0 if given.skip_training else given.minutes))
