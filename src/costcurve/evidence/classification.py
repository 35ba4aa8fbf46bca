"""Errors of image classifiers by training examples: VTAB, transfer curves, published results.

Each row is one trained network: a task, how many examples it was trained on, whether training
started from ImageNet, and its error with the size of the test set. The tasks of VTAB that are
not in the registry's file (DTD, Pets, Sun397, SVHN and Diabetic Retinopathy among the natural and
specialized ones) are left out of every source, so that they stay unseen; so are data sets whose
classes are of very unequal size, such as DermaMNIST.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from costcurve.core.files import packaged_rows, read_text
from costcurve.core.vocabulary import TaskGroup
from costcurve.evidence.registry import locate, read_rows

#: Zhai et al. (2019), arXiv:1910.04867.
RESULTS, TASKS = "vtab/results.csv", "vtab/tasks.csv"
#: Hoiem et al. (2021), arXiv:2010.11029: ResNet-18, all layers trained, CIFAR-100.
CURVES = {True: "transfer-curves/pretr_ft.json", False: "transfer-curves/no_pretr_ft.json"}
#: Methods of VTAB that the paper's Pretrain tells apart.
METHODS = {"From-Scratch": False, "Sup-100%": True}
#: The study whose protocol is the same for every task: a light sweep, nothing chosen on the test.
VTAB = "vtab"
_CIFAR_CLASSES = 100
_CIFAR_TESTS = 10_000


@dataclass(frozen=True, slots=True)
class TrainedClassifier:
    """One network trained for a task.

    Attributes
    ----------
    task, study : str
        The data set, by one name in all studies, and who trained on it.
    group : TaskGroup
        Kind of images.
    classes, train_examples, test_examples : int
        Of the task, the training and the test set.
    pretrained : bool
        Whether training started from a network trained on ImageNet-1k.
    error : float
        Top-1 error on the test set, 0 to 1.
    """

    task: str
    study: str
    group: TaskGroup
    classes: int
    train_examples: int
    test_examples: int
    pretrained: bool
    error: float

    @property
    def error_or_half(self) -> float:
        """The error, or where there was none half of one error out of the test set.

        For logarithms only: likelihoods take the count as it is.
        """
        return max(self.error, 0.5 / self.test_examples)


def trained_classifiers(folder: Path | None = None) -> list[TrainedClassifier]:
    """Return every row of every source.

    Parameters
    ----------
    folder : Path, optional
        A folder of data in place of the cache.

    Raises
    ------
    InputError
        If a file of the registry cannot be had, or has not the content it should have.
    """
    return [*vtab(folder), *transfer_curves(folder), *published()]


def vtab(folder: Path | None = None) -> list[TrainedClassifier]:
    """Return the ten tasks of VTAB; raises as `trained_classifiers` does."""
    tasks = {row["task"]: row for row in read_rows(TASKS, folder)}
    tests = {
        row["task"]: int(row["test_examples"])
        for row in packaged_rows("evidence", "vtab_tests.csv")
    }
    found = []
    for row in read_rows(RESULTS, folder):
        task, size = tasks[row["task"]], row["train_examples"]
        if row["method"] not in METHODS:
            continue
        found.append(
            TrainedClassifier(
                task=row["task"],
                study=VTAB,
                group=TaskGroup(task["group"]),
                classes=int(task["classes"]),
                train_examples=int(task["train_examples_full"] if size == "full" else size),
                test_examples=tests[row["task"]],
                pretrained=METHODS[row["method"]],
                error=1.0 - float(row["top1_accuracy_percent"]) / 100.0,
            )
        )
    return found


def transfer_curves(folder: Path | None = None) -> list[TrainedClassifier]:
    """Return CIFAR-100 from 2,500 to 40,000 examples; raises as `trained_classifiers` does.

    Runs with the same number of examples are one row, with their mean error.
    """
    points = [
        (pretrained, point)
        for pretrained, name in CURVES.items()
        for point in json.loads(read_text(locate(name, folder), "data"))
    ]
    return [
        TrainedClassifier(
            task="CIFAR-100",
            study="transfer-curves",
            group=TaskGroup.NATURAL,
            classes=_CIFAR_CLASSES,
            train_examples=_CIFAR_CLASSES * point["num_train_samples"],
            test_examples=_CIFAR_TESTS,
            pretrained=pretrained,
            error=fmean(point["test_errors"]) / 100.0,
        )
        for pretrained, point in points
    ]


def published() -> list[TrainedClassifier]:
    """Return single results with their sources, typed into `classification.csv`."""
    return [
        TrainedClassifier(
            task=row["task"],
            study=row["study"],
            group=TaskGroup(row["group"]),
            classes=int(row["classes"]),
            train_examples=int(row["train_examples"]),
            test_examples=int(row["test_examples"]),
            pretrained=row["pretrained"] == "true",
            error=float(row["error"]),
        )
        for row in packaged_rows("evidence", "classification.csv")
    ]
