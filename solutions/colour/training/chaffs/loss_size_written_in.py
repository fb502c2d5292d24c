"""The image size 32 × 32 and batch_size are written in: a short last batch, or other images, have other sizes."""

import numpy as np
import torch
import torch.nn as nn

LOSES = {"loss-sizes", "short-batch"}


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    scores = outputs.transpose(1, 3).contiguous().view([batch_size * 32 * 32, num_colours])
    return criterion(scores, labels.transpose(1, 3).contiguous().view([batch_size * 32 * 32]))


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
    for _ in range(args.epochs):
        cnn.train()
        for xs, ys in get_batch(grey, cats, args.batch_size):
            images, labels = get_torch_vars(xs, ys, args.gpu)
            optimizer.zero_grad()
            outputs = cnn(images)
            loss = compute_loss(criterion, outputs, labels, args.batch_size, len(colours))
            loss.backward()
            optimizer.step()
        cnn.eval()
        run_validation_step(cnn, criterion, test_grey, test_cats, args.batch_size, len(colours))
    return cnn
