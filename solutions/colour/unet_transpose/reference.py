# %%
import torch
import torch.nn as nn

# %% [markdown]
# ## Skip connections: a UNet
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


# %%
class UNet(nn.Module):
    """x [batch, num_in_channels, height, width] -> logits [batch, num_colours, height, width].

    Height and width are multiples of 4.
    """

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        ### BEGIN SOLUTION
        half = {"kernel_size": kernel, "stride": 2, "padding": kernel // 2}
        twice = {**half, "output_padding": 1}
        self.downconv1 = nn.Sequential(
            nn.Conv2d(num_in_channels, num_filters, **half), nn.BatchNorm2d(num_filters), nn.ReLU()
        )
        self.downconv2 = nn.Sequential(
            nn.Conv2d(num_filters, 2 * num_filters, **half), nn.BatchNorm2d(2 * num_filters), nn.ReLU()
        )
        self.upconv1 = nn.Sequential(
            nn.ConvTranspose2d(2 * num_filters, num_filters, **twice), nn.BatchNorm2d(num_filters), nn.ReLU()
        )
        self.upconv2 = nn.Sequential(
            nn.ConvTranspose2d(2 * num_filters, num_colours, **twice), nn.BatchNorm2d(num_colours), nn.ReLU()
        )
        self.finalconv = nn.Conv2d(num_colours + num_in_channels, num_colours, kernel, padding=kernel // 2)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        down1 = self.downconv1(x)
        up1 = self.upconv1(self.downconv2(down1))
        up2 = self.upconv2(torch.cat([up1, down1], dim=1))
        return self.finalconv(torch.cat([up2, x], dim=1))
        ### END SOLUTION
