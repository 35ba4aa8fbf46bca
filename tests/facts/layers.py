"""Multiply-adds and activations of architectures, counted layer by layer from their papers.

As in timm's figures, an activation is an output of a convolution or of a linear layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass
class Count:
    """What was counted so far."""

    macs: float = 0.0
    activations: float = 0.0

    def conv(self, outputs, channels_in, channels_out, kernel, *, groups=1, times=1):
        """Add a convolution by its number of output positions and the size of its kernel."""
        self.macs += times * outputs * channels_out * channels_in / groups * kernel
        self.activations += times * outputs * channels_out


def resnet_stages(height, width, *, groups=1, base=64):
    """Count a ResNet-50 or ResNeXt-50 without its classifier; return it and the stages' sizes."""
    count = Count()
    rows, columns = ceil(height / 2), ceil(width / 2)
    count.conv(rows * columns, 3, 64, 49)
    rows, columns = ceil(rows / 2), ceil(columns / 2)
    sizes, channels_in = [], 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        middle = 2**stage * (64 if groups == 1 else groups * base // 16)
        out = 256 * 2**stage
        for block in range(blocks):
            before = rows * columns
            if stage and block == 0:
                rows, columns = ceil(rows / 2), ceil(columns / 2)
            after = rows * columns
            count.conv(before, channels_in, middle, 1)
            count.conv(after, middle, middle, 9, groups=groups)
            count.conv(after, middle, out, 1)
            if block == 0:
                count.conv(after, channels_in, out, 1)
            channels_in = out
        sizes.append((rows, columns))
    return count, sizes


def pyramid(count, sizes, channels):
    """Add a feature pyramid of 256 channels on stages of these sizes; return its cells."""
    cells = 0
    for (rows, columns), channels_in in zip(sizes, channels, strict=True):
        count.conv(rows * columns, channels_in, 256, 1)
        count.conv(rows * columns, 256, 256, 9)
        cells += rows * columns
    return cells


def resnet50(side=224):
    """ResNet-50, He et al. (2016)."""
    count, _ = resnet_stages(side, side)
    count.conv(1, 2048, 1000, 1)
    return count


def retinanet(side=800, classes=264, anchors=9):
    """RetinaNet on ResNeXt-50 32x4d, as MLPerf trains it on OpenImages."""
    count, sizes = resnet_stages(side, side, groups=32, base=64)
    cells = pyramid(count, sizes[1:], (512, 1024, 2048))
    for _ in range(2):  # P6, P7
        sizes.append(tuple(ceil(each / 2) for each in sizes[-1]))
        count.conv(sizes[-1][0] * sizes[-1][1], 256, 256, 9)
        cells += sizes[-1][0] * sizes[-1][1]
    count.conv(cells, 256, 256, 9, times=8)
    count.conv(cells, 256, anchors * classes, 9)
    count.conv(cells, 256, anchors * 4, 9)
    return count


def mask_rcnn(height=800, width=1066, regions=512, masks=128):
    """Mask R-CNN on ResNet-50 with a feature pyramid, He et al. (2017), in training."""
    count, sizes = resnet_stages(height, width)
    cells = pyramid(count, sizes, (256, 512, 1024, 2048))
    cells += ceil(sizes[-1][0] / 2) * ceil(sizes[-1][1] / 2)
    count.conv(cells, 256, 256, 9)
    count.conv(cells, 256, 15, 1)
    for channels_in, channels_out in ((256 * 49, 1024), (1024, 1024), (1024, 81 * 5)):
        count.conv(regions, channels_in, channels_out, 1)
    count.conv(masks * 14 * 14, 256, 256, 9, times=4)
    count.conv(masks * 28 * 28, 256, 256, 1)  # transposed 2 x 2 with stride 2: one tap an output
    count.conv(masks * 28 * 28, 256, 81, 1)
    return count


def unet_3d(side=128, filters=(32, 64, 128, 256, 320), classes=3):
    """3D U-Net as MLPerf trains it on KiTS19."""
    count = Count()
    count.conv(side**3, 1, filters[0], 27)
    count.conv(side**3, filters[0], filters[0], 27)
    down = [*filters, filters[-1]]
    for level in range(1, len(down)):
        voxels = (side // 2**level) ** 3
        count.conv(voxels, down[level - 1], down[level], 27)
        count.conv(voxels, down[level], down[level], 27)
    for level in range(len(filters) - 1, -1, -1):
        voxels = (side // 2**level) ** 3
        count.conv(voxels, down[level + 1], filters[level], 1)
        count.conv(voxels, 2 * filters[level], filters[level], 27)
        count.conv(voxels, filters[level], filters[level], 27)
    count.conv(side**3, filters[0], classes, 1)
    return count
