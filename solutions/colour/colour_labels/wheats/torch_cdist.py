"""Written in torch: one matrix of distances between all pixels and the palette."""

import torch


def get_rgb_cat(xs, colours):
    xs, colours = torch.as_tensor(xs), torch.as_tensor(colours)
    batch, _, height, width = xs.shape
    pixels = xs.permute(0, 2, 3, 1).reshape(-1, 3)
    return torch.cdist(pixels, colours).argmin(dim=1).view(batch, 1, height, width)


def get_cat_rgb(cats, colours):
    cats, colours = torch.as_tensor(cats), torch.as_tensor(colours)
    cats = cats if cats.dim() == 3 else cats.squeeze(1)
    return torch.nn.functional.one_hot(cats, len(colours)).to(colours.dtype).matmul(colours).permute(0, 3, 1, 2)
