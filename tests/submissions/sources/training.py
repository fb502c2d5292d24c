# %%
class AttrDict(dict):
    def __init__(self, *args, **kwargs):
        super(AttrDict, self).__init__(*args, **kwargs)
        self.__dict__ = self


def compute_loss(criterion, outputs, labels, batch_size, num_colours):
    loss_out = outputs.transpose(1, 3).contiguous().view([batch_size * 32 * 32, num_colours])
    loss_lab = labels.transpose(1, 3).contiguous().view([batch_size * 32 * 32])
    return criterion(loss_out, loss_lab)


def train(args, cnn=None):
    torch.manual_seed(args.seed)
    if cnn is None:
        Net = globals()[args.model]
        cnn = Net(args.kernel, args.num_filters, num_colours, 1)
    if args.gpu:
        cnn.cuda()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(cnn.parameters(), lr=args.learn_rate)
    rgb, grey = process(x_train, y_train)
    cats = get_rgb_cat(rgb, colours)
    start = time.time()
    for epoch in range(args.epochs):
        losses = []
        for i in range(0, len(grey), args.batch_size):
            images = torch.from_numpy(grey[i : i + args.batch_size]).float().cuda()
            labels = torch.from_numpy(cats[i : i + args.batch_size]).long().cuda()
            optimizer.zero_grad()
            outputs = cnn(images)
            loss = compute_loss(criterion, outputs, labels, images.size(0), num_colours)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print("Epoch [%d/%d], Loss: %.4f, Time (s): %d" % (epoch + 1, args.epochs, np.mean(losses), time.time() - start))
    return cnn


# %%
args = AttrDict()
args.update({
    "gpu": True,
    "model": "CNN",
    "kernel": 3,
    "num_filters": 32,
    "learn_rate": 0.001,
    "batch_size": 100,
    "epochs": 25,
    "seed": 0,
})
cnn = train(args)

# %%
args.update({"model": "UNet"})
unet_cnn = train(args)
torch.save(unet_cnn.state_dict(), "drive/unet.pth")
files.download("drive/unet.pth")

# %%
for batch_size in [32, 64, 512]:
    args.update({"batch_size": batch_size})
    cnn = train(args)

# %% [markdown]
# The UNet is sharper at edges; grass and sky come out right more often than with the CNN.
