"""In torch's single precision, with torch.multinomial; a tensor of indices comes back."""

import numpy as np
import torch

snapshot = np.load("/content/char-rnn-snapshot.npz", allow_pickle=True)
Wxh, Whh, Why, bh, by = (torch.tensor(snapshot[name]).float() for name in ("Wxh", "Whh", "Why", "bh", "by"))


@torch.no_grad()
def sample(h, seed_ix, n, alpha=1.0):
    state = torch.as_tensor(h).float().squeeze(1)
    ix, drawn = torch.tensor(seed_ix), []
    for _ in range(n):
        state = torch.tanh(Wxh[:, ix] + Whh @ state + bh[:, 0])
        ix = torch.multinomial(torch.softmax(alpha * (Why @ state + by[:, 0]), dim=0), 1)[0]
        drawn.append(ix)
    return torch.stack(drawn)
