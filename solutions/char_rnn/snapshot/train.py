"""Train the network of the character exercises, and write it: python solutions/char_rnn/snapshot/train.py

It writes to fixtures/char_rnn/data/: char-rnn-snapshot.npz, which students' code loads (its tables of characters are
object arrays, which only student code unpickles); char-rnn-weights.npz, the same without objects; and the beginning of
the text, under the name by which students' scripts open one. It takes half a minute on one core. Another torch, or
another processor, may round otherwise and so write other weights: record the exercises' fixtures after it.
"""

from pathlib import Path

import numpy as np
import torch
from play import write_play
from torch import Tensor, nn

DATA = Path(__file__).resolve().parents[3] / "fixtures" / "char_rnn" / "data"
CHARACTERS = 300_000
GIVEN = 20_000  # of them, as a text file
HIDDEN = 64
STEPS, BATCH, LENGTH = 3000, 32, 48
LARGEST_RATE = 4e-3
SPARSITY = 1e-4  # weight of the L1 penalty: few weights carry a behaviour, so that one can find them
# Hidden units that start out as detectors of the colon, one for each character that follows it, with their sign.
DETECTORS = {"\n": (21, 1.0), " ": (50, -1.0)}


def main() -> None:
    text = write_play(CHARACTERS, seed=1)
    characters = sorted(set(text))
    weights = {name: value.detach().double().numpy() for name, value in train(text, characters).items()}
    (DATA / "shakespeare_train.txt").write_text(text[:GIVEN], encoding="utf-8")
    # Eight-byte floats as students' arithmetic has them, with the digits of four: half the size when compressed.
    np.savez_compressed(DATA / "char-rnn-weights.npz", chars=np.array(characters), **weights)
    np.savez_compressed(
        DATA / "char-rnn-snapshot.npz",
        **weights,
        **{f"m{name}": np.zeros_like(value) for name, value in weights.items()},  # Adagrad's memories: a fresh start
        chars=np.array([character.encode() for character in characters]),
        data_size=len(text),
        vocab_size=len(characters),
        char_to_ix=np.array({character: i for i, character in enumerate(characters)}, dtype=object),
        ix_to_char=np.array(dict(enumerate(characters)), dtype=object),
    )


def train(text: str, characters: list[str]) -> dict[str, Tensor]:
    """The weights after training on a text, by the names and in the shapes of the snapshot."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    size = len(characters)
    indices = torch.tensor([characters.index(character) for character in text])
    rnn, readout = nn.RNN(size, HIDDEN), nn.Linear(HIDDEN, size)
    place_detectors(rnn, readout, characters)
    parameters = [*rnn.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=LARGEST_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LARGEST_RATE, total_steps=STEPS, pct_start=0.1)
    for step in range(1, STEPS + 1):
        starts = torch.randint(len(indices) - LENGTH - 1, (BATCH,))
        window = indices[starts + torch.arange(LENGTH + 1).unsqueeze(1)]
        hidden, _ = rnn(nn.functional.one_hot(window[:-1], size).float())
        loss = nn.functional.cross_entropy(readout(hidden).flatten(0, 1), window[1:].flatten())
        penalty = rnn.weight_ih_l0.abs().sum() + readout.weight.abs().sum()
        optimizer.zero_grad()
        (loss + SPARSITY * penalty).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            print(f"step {step}: {loss.item():.3f} nats a character", flush=True)
    return {
        "Wxh": rnn.weight_ih_l0,
        "Whh": rnn.weight_hh_l0,
        "Why": readout.weight,
        "bh": (rnn.bias_ih_l0 + rnn.bias_hh_l0).unsqueeze(1),
        "by": readout.bias.unsqueeze(1),
    }


def place_detectors(rnn: nn.RNN, readout: nn.Linear, characters: list[str]) -> None:
    """Let training start from units that see the colon: the work then stays with them, for a reader to find."""
    colon = characters.index(":")
    with torch.no_grad():
        for follower, (unit, sign) in DETECTORS.items():
            rnn.weight_ih_l0[unit, colon] = 4 * sign
            rnn.bias_ih_l0[unit] = -4 / 3 * sign
            readout.weight[characters.index(follower), unit] = 3 * sign


if __name__ == "__main__":
    main()
