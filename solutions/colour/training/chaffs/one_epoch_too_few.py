"""The loop has one epoch too few: a range from 0 leaves its end out already."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"step"}


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    return criterion(outputs.permute(0, 2, 3, 1).reshape(-1, num_colours), labels.reshape(-1))


def train(args, cnn=None):
    colours = np.load(args.colours)
    num_in_channels = 3 if args.downsize_input else 1
    if cnn is None:
        cnn = globals()[args.model](args.kernel, args.num_filters, len(colours), num_in_channels)
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    rgb, grey = process(x_train, y_train, downsize_input=args.downsize_input)
    test_rgb, test_grey = process(x_test, y_test, downsize_input=args.downsize_input)
    cats, test_cats = get_rgb_cat(rgb, colours), get_rgb_cat(test_rgb, colours)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(cnn.parameters(), lr=args.learn_rate)
    for _ in range(1, args.epochs):
        cnn.train()
        for xs, ys in get_batch(grey, cats, args.batch_size):
            images, labels = get_torch_vars(xs, ys, args.gpu)
            optimizer.zero_grad()
            outputs = cnn(images)
            loss = compute_loss(criterion, outputs, labels, len(images), len(colours))
            loss.backward()
            optimizer.step()
        cnn.eval()
        run_validation_step(cnn, criterion, test_grey, test_cats, args.batch_size, len(colours))
    return cnn
