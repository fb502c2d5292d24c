# grader: assignment=cse891-hw2

import torch.nn as nn

# Strided and transposed convolutions
#
# `ConvTransposeNet` gets grey images and gives, for every pixel, one score (a logit) for each of `num_colours` colours.
# Nothing is pooled: convolutions with a stride of 2 halve height and width, and transposed convolutions with a stride
# of 2 double them, so how to shrink and how to enlarge is learnt as well. With `NIC` input channels, `NF` filters and
# `NC` colours:
#
# | block | layers, in this order | channels | height and width |
# |---|---|---|---|
# | 1 | convolution with stride 2, batch norm, ReLU | NIC → NF | halved |
# | 2 | convolution with stride 2, batch norm, ReLU | NF → 2 NF | halved |
# | 3 | transposed convolution with stride 2, batch norm, ReLU | 2 NF → NF | doubled |
# | 4 | transposed convolution with stride 2, batch norm, ReLU | NF → NC | doubled |
# | last | convolution with stride 1, and nothing after it | NC → NC | kept |
#
# - Convolutions are `nn.Conv2d`, transposed ones `nn.ConvTranspose2d`, with the given kernel size, which is odd, and a
#   padding of `kernel // 2`.
# - From 16 and from 15 rows, a stride of 2 makes 8. `output_padding=1` says that the way back from 8 leads to 16.
# - The output is raw scores: the loss function applies the softmax.
# - Use the arguments; write no sizes in. Your network should also work with kernel size 5, with 8 filters, 5 colours
#   or 3 input channels.
#
# With the sizes used in this assignment (kernel 3, 32 filters, 24 colours, 1 input channel) it has 49,728 trainable
# parameters.


class ConvTransposeNet(nn.Module):
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
