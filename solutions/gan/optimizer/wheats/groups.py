"""Two groups of parameters with the same settings, and an argument more."""

from torch import optim


def get_optimizer(model, lr=1e-3, beta1=0.5):
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    return optim.Adam([{"params": weights}, {"params": others}], lr=lr, betas=(beta1, 0.999))
