# %%
class MyConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super(MyConv2d, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.weight = nn.parameter.Parameter(torch.Tensor(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.parameter.Parameter(torch.Tensor(out_channels))
        if padding is None:
            self.padding = kernel_size // 2
        else:
            self.padding = padding
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.in_channels * self.kernel_size ** 2)
        self.weight.data.uniform_(-stdv, stdv)
        self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input):
        return F.conv2d(input, self.weight, self.bias, padding=self.padding)

# %%
class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(CNN, self).__init__()
        def block(i, o, *resize):
            return nn.Sequential(MyConv2d(i, o, kernel), *resize, nn.BatchNorm2d(o), nn.ReLU())
        self.layers = nn.ModuleList([
            block(num_in_channels, num_filters, nn.MaxPool2d(2)),
            block(num_filters, num_filters*2, nn.MaxPool2d(2)),
            block(num_filters*2, num_filters*2),
            block(num_filters*2, num_filters, nn.Upsample(scale_factor=2)),
            block(num_filters, 24, nn.Upsample(scale_factor=2)),
            MyConv2d(24, 24, kernel),
        ])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

# %%
net = CNN(3, 32, num_colours, 1).cuda()
print(net)
print(sum(p.numel() for p in net.parameters()))

# %%
class UNet(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(UNet, self).__init__()
        # first try, the skip into upconv2 is still missing
        self.down1 = nn.Sequential(
            MyConv2d(num_in_channels, num_filters, kernel), nn.MaxPool2d(2), nn.BatchNorm2d(num_filters), nn.ReLU())
        self.down2 = nn.Sequential(
            MyConv2d(num_filters, num_filters*2, kernel), nn.MaxPool2d(2), nn.BatchNorm2d(num_filters*2), nn.ReLU())
        self.rf = nn.Sequential(
            MyConv2d(num_filters*2, num_filters*2, kernel), nn.BatchNorm2d(num_filters*2), nn.ReLU())
        self.up1 = nn.Sequential(
            MyConv2d(num_filters*4, num_filters, kernel), nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_filters), nn.ReLU())
        self.up2 = nn.Sequential(
            MyConv2d(num_filters, num_colours, kernel), nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(num_colours), nn.ReLU())
        self.final = MyConv2d(num_colours + num_in_channels, num_colours, kernel)

    def forward(self, x):
        d1 = self.down1(x)
        d2 = self.down2(d1)
        r = self.rf(d2)
        u1 = self.up1(torch.cat((r, d2), 1))
        u2 = self.up2(u1)
        return self.final(torch.cat((u2, x), 1))
