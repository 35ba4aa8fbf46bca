"""Training runs submitted to MLPerf: time to a fixed quality, and metered power."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from costcurve.evidence.registry import read_rows

RESULTS = "mlperf/training_results.csv"
POWER = "mlperf/measured_power.csv"
#: Vision benchmarks, with the training examples of the official data set. The logs' own counts
#: cannot be used: they mix examples, batches and epochs.
EXAMPLES = {
    "resnet": 1_281_167,  # ImageNet-1k
    "ssd": 1_170_301,  # OpenImages of the benchmark
    "maskrcnn": 117_266,  # COCO 2017, images with annotations
    "unet3d": 168,  # KiTS19 volumes
}
#: The table's model that each trains.
MODELS = {
    "resnet": "ResNet-50",
    "ssd": "RetinaNet-ResNeXt50-FPN",
    "maskrcnn": "Mask R-CNN",
    "unet3d": "3D U-Net",
}
# A run of unet3d takes a few thousand epochs; a larger number counts examples.
_MOST_EPOCHS = 20_000


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission: the mean over its runs, without the best and the worst.

    Attributes
    ----------
    round, division, benchmark : str
        Which.
    accelerator : str
        As the submission names it.
    accelerators : float
        How many.
    minutes : float
        To the target.
    examples : float, optional
        Processed in training; `None` where the benchmark's data set is not known here.
    """

    round: str
    division: str
    benchmark: str
    accelerator: str
    accelerators: float
    minutes: float
    examples: float | None

    @property
    def accelerator_hours(self) -> float:
        """Hours of all accelerators together."""
        return self.minutes / 60.0 * self.accelerators


@dataclass(frozen=True, slots=True)
class MeteredRun:
    """One run with metered power.

    Attributes
    ----------
    benchmark, system : str
        Which.
    nodes : int
        How many were metered.
    minutes : float
        Of the run.
    energy_kwh : float
        At the wall, with the metered switches.
    """

    benchmark: str
    system: str
    nodes: int
    minutes: float
    energy_kwh: float


def submissions(folder: Path | None = None) -> tuple[Submission, ...]:
    """Return every submission that says how many accelerators it used and for how long.

    Parameters
    ----------
    folder : Path, optional
        Where the registry's files are; by default as `locate` finds them.

    Raises
    ------
    InputError
        If the file cannot be had, or has not the content it should have.
    """
    return tuple(
        Submission(
            round=cells["round"],
            division=cells["division"],
            benchmark=cells["benchmark"],
            accelerator=cells["accelerator"],
            accelerators=float(cells["accelerators"]),
            minutes=float(cells["minutes_olympic_mean"]),
            examples=_examples(cells),
        )
        for cells in read_rows(RESULTS, folder)
        if cells["accelerator"] and cells["accelerators"] and cells["minutes_olympic_mean"]
    )


def metered_runs(folder: Path | None = None) -> tuple[MeteredRun, ...]:
    """Return every run whose power was metered.

    Parameters
    ----------
    folder : Path, optional
        Where the registry's files are; by default as `locate` finds them.

    Raises
    ------
    InputError
        If the file cannot be had, or has not the content it should have.
    """
    return tuple(
        MeteredRun(
            benchmark=cells["benchmark"],
            system=cells["system"],
            nodes=int(float(cells["nodes_metered"])),
            minutes=float(cells["minutes"]),
            energy_kwh=float(cells["total_energy_kwh"]),
        )
        for cells in read_rows(POWER, folder)
    )


def _examples(cells: dict[str, str]) -> float | None:
    stop, size = cells["samples_or_epoch_at_stop"], EXAMPLES.get(cells["benchmark"])
    if size is None or not stop:
        return None
    is_examples = cells["benchmark"] == "unet3d" and float(stop) > _MOST_EPOCHS
    return float(stop) * (1 if is_examples else size)
