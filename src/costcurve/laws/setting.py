"""What a law is told of tasks, in numbers: a row for each."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from costcurve.core.quantities import FloatArray


@dataclass(frozen=True)
class Setting:
    """Tasks, and how they are trained for.

    Attributes
    ----------
    class_entropy_nats : ndarray of shape (rows,)
        Entropy of the classes, above 0: log of their number where they are equally frequent.
    relative_complexity : ndarray of shape (rows,)
        The same over that of the baseline task.
    pretrained, segmentation : ndarray of shape (rows,)
        0 or 1.
    specialized, structured : ndarray of shape (rows,)
        The group of the images: 0 or 1, or a share in between where it is not known.
    """

    class_entropy_nats: FloatArray
    relative_complexity: FloatArray
    pretrained: FloatArray
    segmentation: FloatArray
    specialized: FloatArray
    structured: FloatArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.class_entropy_nats)

    def rows(self, which: FloatArray | np.ndarray) -> Setting:
        """Return some of the rows."""
        return Setting(*(getattr(self, each.name)[which] for each in fields(self)))
