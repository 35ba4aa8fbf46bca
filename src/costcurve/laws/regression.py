"""The paper's regression on anybody's evidence: log10(error) on examples, complexity and type.

    log10(error) = b0 + b1 log10(n) + b2 Pretrain log10(n) + b3 RC + b4 Type [+ b5 distance]

Thompson et al. (2024), Eq. 1 and Table 1, by ordinary least squares; a variable that misses p <
0.05 is dropped, as the paper did, and that is reported. Beside the paper's standard errors, which
take all rows for independent, stand those by group wherever a group has several rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from costcurve.core.errors import Finding, InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import Bounds, FloatArray
from costcurve.laws.cap import LOG10_EXAMPLES_CAP
from costcurve.laws.clustered import clustered_covariance
from costcurve.laws.least_squares import LineFit, least_squares

INTERCEPT = "intercept"
#: Columns of the design, in the order of Table 1.
VARIABLES = (
    "log10_examples",
    "pretrained_log10_examples",
    "relative_complexity",
    "segmentation",
    "distance",
)
#: A variable is kept below this: Thompson et al. (2024), Data Analysis.
SIGNIFICANCE = 0.05
_SPARE = 2
#: Of an interval that should hold nine in ten.
_NOMINAL = 0.9
# Runs always differ a little.
_MOST_SHARED = 0.99
#: Largest relative complexity or distance: that of the most classes which a task may have. Squares
#: of what is larger by far leave the range of numbers.
_LARGEST = 1e9
#: What a column of the evidence may hold.
_BOUNDS = {
    "error": Bounds(above=0.0, at_most=1.0),
    "examples": Bounds(above=0.0, at_most=10.0**LOG10_EXAMPLES_CAP),
    "pretrained": Bounds(at_least=0.0, at_most=1.0),
    "relative_complexity": Bounds(at_least=0.0, at_most=_LARGEST),
    "segmentation": Bounds(at_least=0.0, at_most=1.0),
    "distance": Bounds(at_least=-_LARGEST, at_most=_LARGEST),
}


@dataclass(frozen=True)
class Evidence:
    """Trained models: an error for a task and a number of examples.

    Attributes
    ----------
    error, examples : ndarray of shape (n,)
        Error as a fraction above 0 and at most 1; training examples, above 0 and at most 1e100.
    pretrained, segmentation : ndarray of shape (n,)
        0 or 1.
    relative_complexity : ndarray of shape (n,)
        At least 0 and at most 1e9.
    group : sequence of str
        What is left out together in validation: the data set, or a number for each row.
    distance : ndarray of shape (n,), optional
        Of the data set from what a checkpoint has seen, at most 1e9 in size.
    row_numbers : sequence of int, optional
        Where each row stands in its file.
    """

    error: FloatArray
    examples: FloatArray
    pretrained: FloatArray
    relative_complexity: FloatArray
    segmentation: FloatArray
    group: Sequence[str]
    distance: FloatArray | None = None
    row_numbers: Sequence[int] | None = None

    def column(self, name: str) -> FloatArray:
        """Return a column of the design."""
        logs = np.log10(self.examples)
        if name == "pretrained_log10_examples":
            return np.asarray(self.pretrained * logs)
        if name == "log10_examples":
            return np.asarray(logs)
        if name == "distance" and self.distance is not None:
            return self.distance
        found: FloatArray = getattr(self, name)
        return found

    def variables(self) -> list[str]:
        """Return the variables that the evidence has."""
        return [name for name in VARIABLES if name != "distance" or self.distance is not None]

    def design(self, names: Sequence[str]) -> FloatArray:
        """Return the constant and the named columns."""
        return np.stack([np.ones(len(self.error)), *(self.column(name) for name in names)], axis=1)


@dataclass(frozen=True)
class Dropped:
    """A variable that was left out.

    Attributes
    ----------
    name : str
        Which.
    p : float, optional
        Of the fit that it was dropped from; `None` where it did not vary.
    reason : str
        In words.
    """

    name: str
    p: float | None
    reason: str

    def to_dict(self) -> dict[str, object]:
        """Return it as a row."""
        return {"name": self.name, "p": self.p, "reason": self.reason}


@dataclass(frozen=True)
class Validation:
    """How well a fit predicts what it has not seen, a group left out at a time.

    Attributes
    ----------
    groups : int
        In the evidence.
    groups_left_out, rows_left_out : int
        Those that the others could predict: without a kind of task its coefficient is not known.
    median_abs_log10_error : float
        Of the rows that were left out.
    coverage90 : float
        Share of them in their 90 % interval.
    coverage90_se : float, optional
        Its standard error, clustered by group; `None` of a single group.
    rms_log10_error : float
        Root mean square of the same, the residual scale of a law card.
    shared : float, optional
        Share of its variance that rows of a group have in common, below 1; `None` where no group
        has two rows.
    """

    groups: int
    groups_left_out: int
    rows_left_out: int
    median_abs_log10_error: float
    coverage90: float
    coverage90_se: float | None
    rms_log10_error: float
    shared: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Return it as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Regression:
    """A fitted regression.

    Attributes
    ----------
    names : tuple of str
        The intercept, then the variables that were kept.
    fit : LineFit
        Values and covariance, in that order.
    n : int
        Rows.
    dropped : tuple of Dropped
        In the order in which they were.
    validation : Validation
        Of the variables that were kept.
    by_group : ndarray of shape (k, k), optional
        Covariance of the coefficients, by group (`clustered_covariance`); `None` where no group
        has several rows, or there is but one.
    """

    names: tuple[str, ...]
    fit: LineFit
    n: int
    dropped: tuple[Dropped, ...]
    validation: Validation
    by_group: FloatArray | None = None

    @property
    def freedom(self) -> int:
        """Rows beyond the coefficients."""
        return self.n - len(self.names)

    def table(self) -> dict[str, dict[str, object]]:
        """Return value, standard error, t, p and 95 % interval of every coefficient."""
        t = scipy_module("stats").t
        errors = np.sqrt(np.diag(self.fit.covariance))
        reach = float(t.ppf(0.975, self.freedom))
        found = {}
        for name, value, error in zip(
            self.names, self.fit.values.tolist(), errors.tolist(), strict=True
        ):
            statistic = value / error if error else float("inf")
            found[name] = {
                "value": value,
                "se": error,
                "t": statistic if error else None,
                "p": float(2.0 * t.sf(abs(statistic), self.freedom)),
                "ci95": [value - reach * error, value + reach * error],
            }
        return found

    def table_by_group(self) -> dict[str, dict[str, object]]:
        """Return standard error, p and 95 % interval of every coefficient, by group.

        Empty where `by_group` is not known.
        """
        if self.by_group is None:
            return {}
        t, freedom = scipy_module("stats").t, self.validation.groups - 1
        reach = float(t.ppf(0.975, freedom))
        errors = np.sqrt(np.diag(self.by_group)).tolist()
        return {
            name: {
                "se": error,
                "p": float(2.0 * t.sf(abs(value) / error, freedom)) if error else None,
                "ci95": [value - reach * error, value + reach * error],
            }
            for name, value, error in zip(self.names, self.fit.values.tolist(), errors, strict=True)
        }


def fit_regression(evidence: Evidence, *, select: bool = True) -> Regression:
    """Return the regression, less the variables that miss p < 0.05.

    Parameters
    ----------
    evidence : Evidence
        What it is fitted to.
    select : bool
        Whether variables are dropped for their p; those that do not vary always are.

    Raises
    ------
    InputError
        If rows are too few, or a number is not allowed.
    MissingExtraError
        If scipy is not installed.
    """
    _check(evidence)
    dropped: list[Dropped] = []
    kept: list[str] = []
    for name in evidence.variables():
        if np.ptp(evidence.column(name)) == 0.0 or _is_told(evidence, kept, name):
            reason = "says nothing that the variables before it do not"
            dropped.append(Dropped(name, None, reason))
        else:
            kept.append(name)
    while True:
        if len(evidence.error) < len(kept) + 1 + _SPARE:
            needed = len(kept) + 1 + _SPARE
            allowed = f"at least {needed} rows are needed for {len(kept)} variables"
            raise InputError.of("evidence", len(evidence.error), allowed)
        found = _fitted(evidence, kept, tuple(dropped))
        table = found.table()
        # The slope itself stays while its change by pretraining does.
        free = [name for name in kept if name != VARIABLES[0] or VARIABLES[1] not in kept]
        worst = max(free, key=lambda name: _p(table, name), default=None)
        if not select or worst is None or _p(table, worst) < SIGNIFICANCE:
            return found
        p = _p(table, worst)
        dropped.append(Dropped(worst, p, f"p {p:.3f} misses {SIGNIFICANCE:g}"))
        kept.remove(worst)


def specifications(evidence: Evidence) -> list[Regression]:
    """Return the regressions that add one variable after the other, in the order of Table 1.

    None is dropped for its p; those that do not vary, or say nothing new, are passed over. A step
    that the rows are too few for ends the list.
    """
    found, kept = [], list[str]()
    for name in evidence.variables():
        if np.ptp(evidence.column(name)) == 0.0 or _is_told(evidence, kept, name):
            continue
        kept.append(name)
        if len(evidence.error) < len(kept) + 1 + _SPARE:
            break
        found.append(_fitted(evidence, kept, ()))
    return found


def _p(table: dict[str, dict[str, object]], name: str) -> float:
    return float(str(table[name]["p"]))


def _is_told(evidence: Evidence, kept: list[str], name: str) -> bool:
    """Return whether a column is a combination of those before it."""
    design = evidence.design([*kept, name])
    scaled = design / np.max(np.abs(design), axis=0)
    sizes = np.linalg.svd(scaled, compute_uv=False)
    return bool(sizes[-1] < 1e-8 * sizes[0])


def _fitted(evidence: Evidence, names: Sequence[str], dropped: tuple[Dropped, ...]) -> Regression:
    design, y = evidence.design(names), np.log10(evidence.error)
    fit, codes = least_squares(design, y), _codes(evidence.group)
    is_grouped = 1 < codes.max() + 1 < len(y)
    return Regression(
        names=(INTERCEPT, *names),
        fit=fit,
        n=len(y),
        dropped=dropped,
        validation=_validated(design, y, codes),
        by_group=clustered_covariance(design, y - design @ fit.values, codes)
        if is_grouped
        else None,
    )


def _codes(groups: Sequence[str]) -> np.ndarray:
    """Return the number of each row's group, in the order in which groups come."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in groups])


def _validated(design: FloatArray, y: FloatArray, codes: np.ndarray) -> Validation:
    """Return how a fit to all other groups predicts each."""
    t, every = scipy_module("stats").t, range(int(codes.max()) + 1)
    away, inside = np.full(len(y), np.nan), np.full(len(y), np.nan)
    for code in every:
        out = codes == code
        rest = design[~out]
        if len(rest) <= rest.shape[1] or np.linalg.matrix_rank(rest) < rest.shape[1]:
            continue
        fit = least_squares(rest, y[~out])
        away[out] = y[out] - design[out] @ fit.values
        own = np.einsum("ij,jk,ik->i", design[out], fit.covariance, design[out])
        spread = np.sqrt((fit.residual_se or 0.0) ** 2 + np.maximum(own, 0.0))
        reach = float(t.ppf(0.5 + _NOMINAL / 2.0, len(rest) - rest.shape[1]))
        inside[out] = np.abs(away[out]) <= reach * spread
    scored = np.isfinite(away)
    if not scored.any():
        raise InputError.of("group", len(every), "more groups are needed to leave one out")
    tried = [code for code in every if scored[codes == code].any()]
    means = np.array([inside[codes == code].sum() for code in tried])
    sizes = np.array([(codes == code).sum() for code in tried])
    coverage = float(means.sum() / sizes.sum())
    # The ratio of sums over groups: Cochran (1977), Sampling Techniques, section 6.
    more = len(tried) / (len(tried) - 1.0) if len(tried) > 1 else np.inf
    spread_of = float(np.sqrt(more * np.sum((means - coverage * sizes) ** 2)) / sizes.sum())
    return Validation(
        groups=len(every),
        groups_left_out=len(tried),
        rows_left_out=int(sizes.sum()),
        median_abs_log10_error=float(np.median(np.abs(away[scored]))),
        coverage90=coverage,
        coverage90_se=spread_of if len(tried) > 1 else None,
        rms_log10_error=float(np.sqrt(np.mean(away[scored] ** 2))),
        shared=_shared(away[scored], codes[scored]),
    )


def _shared(away: FloatArray, codes: np.ndarray) -> float | None:
    """Return the mean product of two residuals of a group over their mean square."""
    sums, squares, sizes = (
        np.bincount(codes, each) for each in (away, away**2, np.ones(len(away)))
    )
    pairs = float(np.sum(sizes * (sizes - 1.0)))
    if not pairs:
        return None
    together = float(np.sum(sums**2 - squares)) / pairs / float(np.mean(away**2))
    return float(np.clip(together, 0.0, _MOST_SHARED))


def _check(evidence: Evidence) -> None:
    columns = {name: getattr(evidence, name) for name in _BOUNDS}
    given = {name: np.asarray(each) for name, each in columns.items() if each is not None}
    if any(each.shape != (len(evidence.group),) for each in given.values()):
        raise InputError([Finding("evidence", "", "every column must have as many rows as group")])
    findings = []
    for name, values in given.items():
        low, high = _BOUNDS[name].ends()
        wrong = ~((values >= low) & (values <= high))
        findings += [
            Finding(f"{name}[{place + 1}]", f"{values[place]:g}", f"must be {_BOUNDS[name]}")
            for place in np.flatnonzero(wrong).tolist()
        ]
    InputError.check(findings)
    if len(evidence.error) < 1 + _SPARE:
        allowed = f"at least {1 + _SPARE} rows are needed"
        raise InputError.of("evidence", len(evidence.error), allowed)
    if np.ptp(evidence.error) == 0.0:
        raise InputError.of("error", evidence.error[0], "must not be the same for all")
