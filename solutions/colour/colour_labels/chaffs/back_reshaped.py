"""get_cat_rgb reshapes colours[cats], which mixes pixels and colours: move its last axis,
with transpose or np.moveaxis."""

LOSES = {"back"}


def get_rgb_cat(xs, colours):
    distances = ((xs[:, None] - colours[:, :, None, None]) ** 2).sum(axis=2)
    return distances.argmin(axis=1)[:, None]


def get_cat_rgb(cats, colours):
    return colours[cats].reshape(len(cats), 3, *cats.shape[-2:])
