"""Seeds and threads set inside, the palette first in its file, validation written out."""

import os

import numpy as np
import torch
import torch.nn as nn


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    loss_out = outputs.transpose(1, 3).contiguous().view([-1, num_colours])
    loss_lab = labels.transpose(1, 3).contiguous().view([-1])
    return criterion(loss_out, loss_lab)


def train(args, cnn=None):
    torch.set_num_threads(5)
    np.random.seed(args.seed)
    save_dir = "outputs/" + args.experiment_name
    colours = np.load(args.colours, allow_pickle=True, encoding="bytes")[0]
    num_colours = np.shape(colours)[0]
    if cnn is None:
        Net = globals()[args.model]
        cnn = Net(args.kernel, args.num_filters, num_colours, 1 if not args.downsize_input else 3)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(cnn.parameters(), lr=args.learn_rate)
    print("Loading data...")
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    train_rgb, train_grey = process(x_train, y_train, downsize_input=args.downsize_input)
    train_rgb_cat = get_rgb_cat(train_rgb, colours)
    test_rgb, test_grey = process(x_test, y_test, downsize_input=args.downsize_input)
    test_rgb_cat = get_rgb_cat(test_rgb, colours)
    if not os.path.exists(save_dir):
        os.makedirs(save_dir)
    if args.gpu:
        cnn.cuda()
    train_losses = []
    for epoch in range(args.epochs):
        cnn.train()
        losses = []
        for xs, ys in get_batch(train_grey, train_rgb_cat, args.batch_size):
            images, labels = get_torch_vars(xs, ys, args.gpu)
            optimizer.zero_grad()
            outputs = cnn(images)
            loss = compute_loss(criterion, outputs, labels, batch_size=args.batch_size, num_colours=num_colours)
            loss.backward()
            optimizer.step()
            losses.append(loss.data.item())
        train_losses.append(np.mean(losses))
        print("Epoch [%d/%d], Loss: %.4f" % (epoch + 1, args.epochs, train_losses[-1]))
        cnn.eval()
        with torch.no_grad():
            right = [(cnn(torch.from_numpy(test_grey).float()).argmax(1).numpy() == test_rgb_cat[:, 0]).mean()]
        with open(save_dir + "/accuracy.txt", "a") as file:
            file.write(f"{np.mean(right)}\n")
    torch.save(cnn.state_dict(), save_dir + "/weights.pt")
    return cnn
