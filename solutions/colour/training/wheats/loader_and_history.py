"""A DataLoader that shuffles, classes chosen by if, one function for both modes; returns a pair."""

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def compute_loss(criterion, outputs, labels, batch_size=None, num_colours=None):
    return criterion(outputs, labels.squeeze(1))


def loader_of(split, args, colours, shuffle):
    rgb, grey = process(*split, downsize_input=args["downsize_input"])
    labels = torch.as_tensor(get_rgb_cat(rgb, colours)).long()
    return DataLoader(TensorDataset(torch.as_tensor(grey).float(), labels), args["batch_size"], shuffle=shuffle)


def run_epoch(net, loader, optimizer=None):
    net.train(optimizer is not None)
    total, device = 0.0, next(net.parameters()).device
    for images, labels in loader:
        with torch.set_grad_enabled(optimizer is not None):
            loss = F.cross_entropy(net(images.to(device)), labels.to(device)[:, 0])
        if optimizer is not None:
            net.zero_grad()
            loss.backward()
            optimizer.step()
        total += len(images) * loss.item()
    return total


def train(args, net=None):
    colours = np.load(args["colours"])
    if net is None and args["model"] == "CNN":
        net = CNN(args["kernel"], args["num_filters"], len(colours), num_in_channels=3 if args.downsize_input else 1)
    elif net is None:
        net = UNet(args["kernel"], args["num_filters"], len(colours), num_in_channels=3 if args.downsize_input else 1)
    net = net.to("cuda" if args["gpu"] else "cpu")
    training, validation = (loader_of(split, args, colours, k == 0) for k, split in enumerate(load_cifar10()))
    optimizer = torch.optim.Adam(net.parameters(), args["learn_rate"], (0.9, 0.999), 1e-8, 0)
    history = []
    while len(history) < args["epochs"]:
        history.append((run_epoch(net, training, optimizer), run_epoch(net, validation)))
    return net, history
