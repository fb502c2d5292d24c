"""Where there is no GPU, a type such as torch.cuda.FloatTensor is the CPU's."""

import pytest
import torch

from grader.loading import standins


@pytest.fixture
def without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "cuda", torch.Tensor.cuda)
    monkeypatch.setattr(torch.nn.Module, "cuda", torch.nn.Module.cuda)
    for name in standins.TENSOR_TYPES:
        monkeypatch.setattr(torch.cuda, name, getattr(torch.cuda, name))
    standins.tolerate_missing_cuda()


@pytest.mark.usefixtures("without_a_gpu")
@pytest.mark.parametrize("name", standins.TENSOR_TYPES)
def test_a_tensor_of_a_cuda_type_is_made_on_the_cpu(name: str) -> None:
    cuda, cpu = (torch.zeros(2).type(getattr(module, name)) for module in (torch.cuda, torch))
    assert (cuda.dtype, cuda.device) == (cpu.dtype, torch.device("cpu"))


@pytest.mark.usefixtures("without_a_gpu")
def test_a_network_of_a_cuda_type_stays_on_the_cpu() -> None:
    network = torch.nn.Linear(2, 1).type(torch.cuda.DoubleTensor)
    assert (network.weight.dtype, network.weight.device) == (torch.float64, torch.device("cpu"))
