# grader: assignment=cse891-hw2

import torch.nn as nn

# Pooling and upsampling
#
# `PoolUpsampleNet` gets grey images and gives, for every pixel, one score (a logit) for each of `num_colours` colours.
# It first shrinks the image, so that a later layer sees more of it, and then brings it back to its full size. With
# `NIC` input channels, `NF` filters and `NC` colours:
#
# | block | layers, in this order | channels | height and width |
# |---|---|---|---|
# | 1 | convolution, max-pooling, batch norm, ReLU | NIC → NF | halved |
# | 2 | convolution, max-pooling, batch norm, ReLU | NF → 2 NF | halved |
# | 3 | convolution, upsampling, batch norm, ReLU | 2 NF → NF | doubled |
# | 4 | convolution, upsampling, batch norm, ReLU | NF → NC | doubled |
# | last | convolution, and nothing after it | NC → NC | kept |
#
# - Every convolution is an `nn.Conv2d` with the given kernel size, which is odd, and a padding of `kernel // 2`, so
#   that it keeps height and width.
# - Max-pooling has windows of 2×2 pixels. Upsampling is by a factor of 2 and repeats pixels (`mode="nearest"`).
# - The output is raw scores: the loss function applies the softmax.
# - Use the arguments; write no sizes in. Your network should also work with kernel size 5, with 8 filters, 5 colours
#   or 3 input channels.
#
# With the sizes used in this assignment (kernel 3, 32 filters, 24 colours, 1 input channel) it has 49,728 trainable
# parameters.


class PoolUpsampleNet(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError
