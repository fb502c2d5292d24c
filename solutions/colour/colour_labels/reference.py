# %%
import numpy as np

# %% [markdown]
# ## Colours as classes
#
# To make colourization a classification, every pixel of a colour image gets the number of the colour in a small
# palette that is nearest to it, and the network has to tell this number. The palette `colours` is an array of shape
# [K, 3]: red, green and blue of each colour, from 0 to 1. Images are arrays [batch, 3, height, width] of the same
# range: the second axis is red, green, blue.
#
# - `get_rgb_cat(xs, colours)` gives the labels: integers from 0 to K - 1, of shape [batch, 1, height, width]. Nearest
#   means the smallest Euclidean distance: the sum of the squared differences of red, green and blue is smallest.
# - `get_cat_rgb(cats, colours)` goes back: from labels [batch, 1, height, width] it makes the image
#   [batch, 3, height, width] in which every pixel has the palette's colour. It also takes labels without the axis of
#   length 1, [batch, height, width].
#
# Both work with any number of colours and any size of images. Arrays of numpy broadcast: the difference of one image,
# shape [3, height, width], and the palette in the shape [K, 3, 1, 1] has the shape [K, 3, height, width]. Go image by
# image: for 5,000 of them at once this array takes several gigabytes. Check yourself: the labels of an image made by
# `get_cat_rgb` are those it was made from.


# %%
def get_rgb_cat(xs, colours):
    """Images [batch, 3, height, width] -> labels, integers [batch, 1, height, width]: the nearest colour's number."""
    ### BEGIN SOLUTION
    labels = np.empty((len(xs), 1, *xs.shape[2:]), dtype=np.int64)
    for image, label in zip(xs, labels):
        distances = ((image - colours[:, :, None, None]) ** 2).sum(axis=1)  # [K, height, width]
        label[0] = distances.argmin(axis=0)
    return labels
    ### END SOLUTION


# %%
def get_cat_rgb(cats, colours):
    """Labels [batch, 1, height, width] or [batch, height, width] -> images [batch, 3, height, width]."""
    ### BEGIN SOLUTION
    if cats.ndim == 4:
        cats = cats[:, 0]
    return np.moveaxis(colours[cats], -1, 1)
    ### END SOLUTION
