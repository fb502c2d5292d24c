# %% [markdown]
# # Assignment 4, part 1: colourization
# Run on Colab with a GPU.

# %%
# %cd /content/
# !mkdir -p cs5370/a4
# !pip install Pillow==4.0.0

# %%
import math
import os
import pickle
import tarfile
import time

import matplotlib.pyplot as plt
import numpy as np
import numpy.random as npr
import torch
import torch.nn as nn
import torch.nn.functional as F
from six.moves.urllib.request import urlretrieve

from google.colab import drive, files

drive.mount("/content/drive")
plt.rcParams["figure.figsize"] = (10, 8)
HORSE_CATEGORY = 7

# %%
if not os.path.exists("colour_kmeans24_cat7.npy"):
    # !wget -q http://example.invalid/colour_kmeans24_cat7.npy
    uploaded = files.upload()

# %%
def get_rgb_cat(xs, colours):
    """Index of the nearest colour for every pixel."""
    num = len(xs)
    cats = np.zeros([num, 1, 32, 32])
    for i in range(num):
        pixels = xs[i].transpose([1, 2, 0])[:, :, None, :]
        cats[i, 0] = ((pixels - colours[None, None]) ** 2).sum(3).argmin(2)
    return cats


def process(xs, ys, max_pixel=256.0, downsize_input=False):
    xs = xs / max_pixel
    xs = xs[np.where(ys == HORSE_CATEGORY)[0], :, :, :]
    npr.shuffle(xs)
    grey = np.mean(xs, axis=1, keepdims=True)
    return xs, grey


colours = np.load("colour_kmeans24_cat7.npy")
num_colours = np.shape(colours)[0]
urlretrieve("http://example.invalid/cifar-10-python.tar.gz", "data/cifar-10.tar.gz")
archive = tarfile.open("data/cifar-10.tar.gz")
batch = pickle.load(archive.extractfile("data_batch_1"), encoding="latin1")
x_train, y_train = batch["data"].reshape(-1, 3, 32, 32), np.array(batch["labels"])
