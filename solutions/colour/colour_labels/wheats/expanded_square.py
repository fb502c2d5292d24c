"""|x - c|² = |x|² - 2 x·c + |c|², with the first term left out; tensors only; colours stay in the last axis."""


def get_rgb_cat(xs, colours):
    products = (xs.unsqueeze(1) * colours.view(1, -1, 3, 1, 1)).sum(2)
    return (colours.pow(2).sum(1).view(1, -1, 1, 1) - 2 * products).min(1, keepdim=True)[1]


def get_cat_rgb(cats, colours):
    return colours[cats]
