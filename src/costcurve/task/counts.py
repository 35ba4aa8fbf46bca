"""Class counts, from where a user has them: numbers, a table, a column of labels, a folder."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from costcurve.core.errors import Finding, InputError, shown
from costcurve.core.files import read_text

FIELD = "class_counts"
#: Most examples of one class, and in all: whole numbers stay exact in float64 up to 9e15.
MOST_EXAMPLES = 1e15
#: Endings that count as an image: those that torchvision's ImageFolder takes.
IMAGE_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
)
#: Called now and then with the number of examples counted so far.
Progress = Callable[[int], None]
_PROGRESS_EVERY = 10_000
#: First cells that are surely the name of a column of labels.
USUAL_HEADERS = ("label", "labels", "class", "classes", "class_label", "category", "target")


def counts_from_text(text: str) -> dict[str, str]:
    """Return the counts in `"50000,1000"` or `"positive=50000,negative=1000"`, not yet checked.

    Raises
    ------
    ValueError
        If a label stands twice.
    """
    counts: dict[str, str] = {}
    for number, part in enumerate(text.split(","), start=1):
        label, equals, count = part.rpartition("=")
        label = label.strip() if equals else str(number)
        if label in counts:
            raise ValueError(f"the label {shown(label)} stands twice")
        counts[label] = count.strip()
    return counts


def read_class_counts(
    path: str | Path, column: str | None = None, progress: Progress | None = None
) -> dict[str, float]:
    """Return the examples of each class from a file or a folder.

    Parameters
    ----------
    path : path
        A CSV file of two columns, label and count; a CSV file with a column of labels, one row an
        example; or a folder with one folder of images for each class (an ImageFolder).
    column : str, optional
        The column that holds the labels; needed when the file has several columns.
    progress : callable, optional
        Called now and then with the number of examples counted so far.

    Returns
    -------
    dict of str to float
        Examples by label.

    Raises
    ------
    InputError
        Naming every row that cannot be used, or what the folder lacks.
    """
    path = Path(path)
    try:
        is_folder = path.is_dir()
    except OSError:  # too long a name, which reading says
        is_folder = False
    if is_folder:
        if column is not None:
            raise InputError.of("column", column, "must be left out: a folder has no columns")
        return _count_images(path, progress)
    rows = list(_rows(read_text(path, FIELD), path, progress))
    if not rows:
        raise InputError.of(FIELD, path, "the file is empty")
    header, body = rows[0][1], rows[1:]
    if column is not None:
        return _count_labels(_column(header, body, column), progress)
    if _is_table_of_counts(header, body or rows):
        has_header = not _are_numbers([header[1]])
        return _sum_table(body if has_header else rows)
    if len(header) == 1:
        labels = [(number, cells[0]) for number, cells in rows]
        return _count_labels(labels[1:] if _is_header(labels) else labels, progress)
    columns = f"it has the columns {', '.join(map(shown, header))}"
    wanted = "name the one of labels (complexity --column), or give two columns, label and count"
    raise InputError([Finding(FIELD, shown(path), f"{columns}: {wanted}")])


def _rows(text: str, path: Path, progress: Progress | None) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = seen = 0
    findings: list[Finding] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            seen += 1
            if progress and seen % _PROGRESS_EVERY == 0:
                progress(seen)
            width = width or len(cells)
            if len(cells) != width:
                where, found = f"{FIELD} row {reader.line_num}", f"{len(cells)} cells"
                findings.append(Finding(where, found, f"must have {width}, as the first row has"))
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        findings.append(Finding(FIELD, f"{shown(path)} row {reader.line_num}", str(error)))
    InputError.check(findings)


def _is_table_of_counts(header: list[str], rows: list[tuple[int, list[str]]]) -> bool:
    # A second column that is named as one of labels holds labels, even when they are numbers.
    if len(header) != 2 or header[1].casefold() in USUAL_HEADERS:
        return False
    return _are_numbers([cells[1] for _, cells in rows])


def _is_header(labels: list[tuple[int, str]]) -> bool:
    first = labels[0][1]
    if first.casefold() in USUAL_HEADERS:
        return True
    if first in {label for _, label in labels[1:]}:
        return False
    raise InputError.of(
        f"{FIELD} row 1",
        first,
        "it stands once, so it may be a header or a label: name the column, "
        f"or add a header such as {USUAL_HEADERS[0]}",
    )


def _are_numbers(cells: list[str]) -> bool:
    # A table of counts with one bad cell is still meant as one: half is enough to tell.
    return bool(cells) and 2 * sum(_number(cell) is not None for cell in cells) >= len(cells)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _sum_table(rows: list[tuple[int, list[str]]]) -> dict[str, float]:
    counts: dict[str, float] = {}
    first_row: dict[str, int] = {}
    findings: list[Finding] = []
    for number, (label, cell) in rows:
        count = _number(cell)
        if count is None or not 0 < count <= MOST_EXAMPLES:
            allowed = f"must be a number above 0 and at most {MOST_EXAMPLES:.0e}"
            findings.append(Finding(f"{FIELD} row {number}, column 2", shown(cell), allowed))
        elif not label:
            where = f"{FIELD} row {number}, column 1"
            findings.append(Finding(where, "an empty cell", "every count needs a label"))
        elif label in counts:
            allowed = f"each label stands once; it is in row {first_row[label]} too"
            findings.append(Finding(f"{FIELD} row {number}, column 1", shown(label), allowed))
        else:
            counts[label], first_row[label] = count, number
    InputError.check(findings)
    return _at_least_two(counts)


def _column(
    header: list[str], body: list[tuple[int, list[str]]], column: str
) -> list[tuple[int, str]]:
    if header.count(column) != 1:
        raise InputError.of("column", column, f"must be one of: {', '.join(header)}")
    position = header.index(column)
    return [(number, cells[position]) for number, cells in body]


def _count_labels(labels: list[tuple[int, str]], progress: Progress | None) -> dict[str, float]:
    InputError.check(
        [
            Finding(f"{FIELD} row {number}", "an empty cell", "every example needs a label")
            for number, label in labels
            if not label
        ]
    )
    counted = Counter(label for _, label in labels)
    if progress:
        progress(len(labels))
    return _at_least_two({label: float(count) for label, count in sorted(counted.items())})


def _count_images(folder: Path, progress: Progress | None) -> dict[str, float]:
    classes = sorted(entry.name for entry in _entries(str(folder)) if entry.is_dir())
    if len(classes) < 2:
        raise InputError.of(FIELD, folder, "must hold at least two folders, one for each class")
    counts: dict[str, float] = dict.fromkeys(classes, 0.0)
    findings: list[Finding] = []
    seen = 0
    for label in classes:
        if not label.isprintable():
            findings.append(Finding(FIELD, shown(label), "the folder's name is not printable text"))
        for image in _images(folder / label):
            counts[label] += 1
            seen += 1
            if progress and seen % _PROGRESS_EVERY == 0:
                progress(seen)
            if _size_bytes(image) == 0:
                findings.append(
                    Finding(FIELD, shown(Path(image.path)), "the image is empty (0 bytes)")
                )
        if not counts[label]:
            endings = ", ".join(sorted(IMAGE_ENDINGS))
            findings.append(Finding(FIELD, shown(label), f"the folder holds no image ({endings})"))
    InputError.check(findings)
    return counts


def _images(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(folder)]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif Path(entry.name).suffix.lower() in IMAGE_ENDINGS:
                yield entry


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except OSError as error:
        raise InputError.of(FIELD, Path(folder), f"cannot be read: {error.strerror}") from None


def _size_bytes(image: os.DirEntry[str]) -> int:
    try:
        return image.stat().st_size
    except OSError as error:  # a link to nowhere
        allowed = f"cannot be read: {error.strerror}"
        raise InputError.of(FIELD, Path(image.path), allowed) from None


def _at_least_two(counts: dict[str, float]) -> dict[str, float]:
    if len(counts) < 2:
        found = f"only the class {shown(next(iter(counts)))}" if counts else "no class"
        raise InputError([Finding(FIELD, found, "at least two classes are needed")])
    return counts
