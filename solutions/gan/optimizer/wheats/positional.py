"""Arguments by position, a list of parameters, and None first, as the notebook's cell begins."""

import torch


def get_optimizer(model):
    parameters = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.Adam(parameters, 0.001, (0.5, 0.999))
