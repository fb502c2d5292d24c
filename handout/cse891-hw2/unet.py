# grader: assignment=cse891-hw2

import torch
import torch.nn as nn

# Skip connections: a UNet
#
# Shrinking the image loses detail that the way back up cannot invent. `UNet` hands it across: the second block on the
# way up, and the last convolution, also get what was seen at the same size on the way down. `torch.cat` joins the two
# along the channels, what comes from the previous block first. With `NIC` input channels, `NF` filters and `NC`
# colours:
#
# | block | gets | layers, in this order | channels | height and width |
# |---|---|---|---|---|
# | 1 | the image | convolution with stride 2, batch norm, ReLU | NIC → NF | halved |
# | 2 | block 1 | convolution with stride 2, batch norm, ReLU | NF → 2 NF | halved |
# | 3 | block 2 | transposed convolution with stride 2, batch norm, ReLU | 2 NF → NF | doubled |
# | 4 | block 3 and block 1 | transposed convolution with stride 2, batch norm, ReLU | 2 NF → NC | doubled |
# | last | block 4 and the image | convolution with stride 1, and nothing after it | NC + NIC → NC | kept |
#
# Everything else is as in `ConvTransposeNet`: `nn.Conv2d` and `nn.ConvTranspose2d` with a padding of `kernel // 2`, the
# transposed ones with `output_padding=1`; the output is raw scores; no sizes are written in. With kernel 3, 32
# filters, 24 colours and 1 input channel the network has 56,856 trainable parameters.


class UNet(nn.Module):
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
