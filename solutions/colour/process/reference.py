# %%
import numpy as np
import torch
import torch.nn as nn

# %% [markdown]
# ## Horses, grey and small
#
# CIFAR-10 has images of ten classes. `process(xs, ys, max_pixel=256.0, downsize_input=False)` makes the training data
# for one of them, horses, which are class 7. `xs` is an array [N, 3, 32, 32] with values from 0 to 255, `ys` holds the
# classes, [N, 1] or [N]. It returns two arrays whose rows belong together:
#
# 1. Take the images of class 7 alone, and bring them into random order.
# 2. Divide by `max_pixel`, so that values lie between 0 and 1. These are the first array, `rgb`: what the network
#    shall arrive at.
# 3. The second array is what the network starts from. Usually it is grey: the mean of red, green and blue, of shape
#    [horses, 1, 32, 32].
# 4. With `downsize_input=True`, for super-resolution, it is instead the image in lower resolution: `nn.AvgPool2d(2)`
#    twice, which makes it small, and `nn.Upsample(scale_factor=2)` twice (it repeats pixels), which brings it back to
#    32×32. It keeps its three colours.
#
# Leave `xs` as it is: do not divide or shuffle in place. Shuffle the images once, before grey or small images are made
# of them.

# %%
HORSE = 7


# %%
def process(xs, ys, max_pixel=256.0, downsize_input=False):
    """Images [N, 3, 32, 32] and classes [N, 1] or [N] -> (rgb [n, 3, 32, 32], grey [n, 1, 32, 32]) of the n horses.

    With downsize_input, the second array is [n, 3, 32, 32]: the images in lower resolution.
    """
    ### BEGIN SOLUTION
    horses = xs[np.reshape(ys, -1) == HORSE] / max_pixel
    rgb = np.random.permutation(horses)
    if not downsize_input:
        return rgb, rgb.mean(axis=1, keepdims=True)
    lower = nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2))
    return rgb, lower(torch.from_numpy(rgb)).numpy()
    ### END SOLUTION
