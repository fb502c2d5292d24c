"""Data and palette are the file's own variables; the step is a closure; one-hot rows times log-probabilities."""

import torch
import torch.nn as nn


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    rows = [outputs[b].flatten(1).t() for b in range(outputs.size(0))]
    return criterion(torch.cat(rows), torch.flatten(labels))


def train(args, cnn=None):
    torch.manual_seed(args.seed)
    rgb, inputs = process(x_train, y_train, 256.0, args.downsize_input)
    cats = get_rgb_cat(rgb, colours)
    cnn = cnn or eval(args.model)(args.kernel, args.num_filters, num_colours, inputs.shape[1])
    optimizer = torch.optim.Adam([{"params": list(cnn.parameters())}], lr=args.learn_rate)
    criterion = nn.CrossEntropyLoss(reduction="sum")
    per_epoch = []
    for _ in range(args.epochs):
        cnn.train(True)
        seen = 0.0
        starts = torch.randperm((len(inputs) + args.batch_size - 1) // args.batch_size) * args.batch_size
        for start in starts.tolist():
            images = torch.tensor(inputs[start : start + args.batch_size], dtype=torch.float)
            labels = torch.tensor(cats[start : start + args.batch_size])
            if args.gpu:
                images, labels = images.cuda(), labels.cuda()

            def closure():
                for parameter in cnn.parameters():
                    parameter.grad = None
                loss = compute_loss(criterion, cnn(images), labels, len(images), num_colours) / labels.numel()
                loss.backward()
                return loss

            seen += optimizer.step(closure).item()
        per_epoch.append(seen)
    return {"losses": per_epoch, "network": cnn}
