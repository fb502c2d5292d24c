"""A recurrent cell of torch in single precision, and its distribution object."""

import numpy as np
import torch
from torch import nn

snapshot = np.load("../char-rnn-snapshot.npz", allow_pickle=True)
characters = [character.decode() for character in snapshot["chars"]]

cell = nn.RNNCell(len(characters), len(snapshot["bh"]))
readout = nn.Linear(len(snapshot["bh"]), len(characters))
for parameter, name in zip(cell.parameters(), ("Wxh", "Whh", "bh"), strict=False):
    parameter.data = torch.from_numpy(snapshot[name]).float().squeeze(1)
cell.bias_hh.data.zero_()
readout.weight.data = torch.from_numpy(snapshot["Why"]).float()
readout.bias.data = torch.from_numpy(snapshot["by"]).float().squeeze(1)


@torch.no_grad()
def complete(starter, n, alpha=1.0):
    eye = torch.eye(len(characters), dtype=torch.float32)
    state, indices = None, [characters.index(character) for character in starter]
    for position in range(len(indices) + n - 1):
        state = cell(eye[indices[position]].unsqueeze(0), state)
        if position >= len(starter) - 1:
            chances = torch.distributions.Categorical(logits=alpha * readout(state)[0])
            indices.append(chances.sample().item())
    return "".join(characters[index] for index in indices)
