"""The parts are taken out of the network, the new layer stands beside them; its optimizer is made in train()."""

import torch
import torch.nn.functional as F
from torch import hub, nn, optim


class DeepLabV3(nn.Module):
    def __init__(self):
        super().__init__()
        whole = hub.load("pytorch/vision", model="deeplabv3_resnet101", skip_validation=True)
        self.backbone, self.features = whole.backbone, whole.classifier[:4]
        for p in self.parameters():
            p.requires_grad_(False)
        self.head = nn.Conv2d(256, 2, 1)

    def forward(self, x):
        scores = self.head(self.features(self.backbone(x)))
        return F.interpolate(scores, x.shape[2:], mode="bilinear")


def train(args, model):
    learned = [p for name, p in model.named_parameters() if name.startswith("head")]
    optimizer = optim.SGD(learned, args.learn_rate, momentum=0.9)
    for images, masks in torch.load(args.train_dir):
        optimizer.zero_grad()
        F.cross_entropy(model(images), masks).backward()
        optimizer.step()
