"""What the course says of its references holds: the networks have the published numbers of trainable parameters."""

import pytest

from grader.authoring.record.recording import load_solution
from grader.course.folder import find_course
from grader.grading.in_process import load_probe
from tests.places import ROOT

COURSE = find_course(ROOT, ROOT)

# Kernel 3, 32 filters, 24 colours, 1 input channel.
NETWORKS = {
    "colour/regression_cnn": ((3, 32), 75_549),
    "colour/cnn": ((3, 32, 24, 1), 86_784),
    "colour/unet": ((3, 32, 24, 1), 112_344),
    "colour/dilated_unet": ((3, 32, 24, 1), 112_344),
    "colour/pool_upsample_net": ((3, 32, 24, 1), 49_728),
    "colour/conv_transpose_net": ((3, 32, 24, 1), 49_728),
    "colour/unet_transpose": ((3, 32, 24, 1), 56_856),
}


@pytest.mark.parametrize("exercise", NETWORKS)
def test_a_network_has_the_published_number_of_parameters_and_its_text_says_so(exercise):
    sizes, count = NETWORKS[exercise]
    found = COURSE.exercise(exercise)
    network = load_solution(load_probe(found), found.reference).entry(*sizes)
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == count
    assert f"{count:,}" in found.reference.read_text(encoding="utf-8")
