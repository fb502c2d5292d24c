# %% [markdown]
# # Assignment 4, part 3: GAN

# %%
# %cd /content/
# !pip install -q tqdm
import numpy as np
import torch
import torch.nn as nn
import matplotlib.pyplot as plt
from torch.nn import init

NOISE_DIM = 96
batch_size = 128
dtype = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor

# %%
def sample_noise(batch_size, dim):
    noise = torch.rand(batch_size, dim) * 2 - 1
    return noise

# %%
class Flatten(nn.Module):
    def forward(self, x):
        N = x.size(0)
        return x.view(N, -1)

def discriminator():
    model = nn.Sequential(
        Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01, inplace=True),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01, inplace=True),
        nn.Linear(256, 1),
    )
    return model

# %%
def generator(noise_dim=NOISE_DIM):
    model = nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
    )
    return model

# %%
def bce_loss(input, target):
    neg_abs = - input.abs()
    loss = input.clamp(min=0) - input * target + (1 + neg_abs.exp()).log()
    return loss.mean()

def discriminator_loss(logits_real, logits_fake):
    real = bce_loss(logits_real, torch.ones_like(logits_real))
    fake = bce_loss(logits_fake, torch.zeros_like(logits_fake))
    return real + fake

def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))

# %%
def get_optimizer(model):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))
    return optimizer

# %%
D = discriminator().type(dtype)
G = generator().type(dtype)
D_solver = get_optimizer(D)
G_solver = get_optimizer(G)

# %%
def ls_discriminator_loss(scores_real, scores_fake):
    loss = None
    return loss

def ls_generator_loss(scores_fake):
    loss = None
    return loss
