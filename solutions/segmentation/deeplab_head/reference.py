# %%
import torch
import torch.nn as nn

# %% [markdown]
# ## Fine-tuning DeepLabV3
#
# DeepLabV3 was trained on photographs with 21 classes. To find flowers, which is none of them, only its last layer is
# trained anew: what the layers before it see in an image serves flowers, too. `torch.hub.load` gets the trained
# network, `self.model`. It has three parts: `backbone`, `classifier` (a `nn.Sequential` of five layers, whose last one,
# `classifier[4]`, makes the 21 scores of each pixel) and `aux_classifier`, which is of no concern here.
#
# 1. Freeze the network: call `requires_grad_(False)` on every parameter it has.
# 2. Then put a new layer in the place of `self.model.classifier[4]`: a convolution with bias from 256 channels to 2
#    (background and flower), with 1×1 kernels. A new layer is not frozen.
# 3. `make_optimizer(model, learn_rate)` returns a `torch.optim.Adam` with this learning rate. It gets the parameters
#    that are to learn and no others.
#
# Check: 514 parameters need gradients, 2 · 256 weights and 2 biases, and after one step of the optimizer all others
# are what they were.


# %%
class DeepLabV3(nn.Module):
    """x [batch, 3, height, width] -> scores [batch, 2, height, width]."""

    def __init__(self):
        super().__init__()
        self.model = torch.hub.load("pytorch/vision", "deeplabv3_resnet101", weights="DEFAULT")
        ### BEGIN SOLUTION
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.model.classifier[4] = nn.Conv2d(256, 2, kernel_size=1)
        ### END SOLUTION

    def forward(self, x):
        return self.model(x)["out"]


# %%
def make_optimizer(model, learn_rate):
    """An Adam optimizer of those parameters of the model that are to learn."""
    ### BEGIN SOLUTION
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learn_rate)
    ### END SOLUTION
