"""How error falls with compute across a field: a line in one of the pictures of `laws.forms`.

Ordinary least squares as in Thompson et al. (2020), The Computational Limits of Deep Learning, and
three lines that answer its critics: a quantile and a stochastic frontier for the best models rather
than the average, and a truncated fit for the models that nobody published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import Finding, InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray, as_float64
from costcurve.laws.choices import choice_of
from costcurve.laws.forms import Form
from costcurve.laws.frontier import frontier_line
from costcurve.laws.least_squares import LineFit, column_lengths, least_squares
from costcurve.laws.quantile import quantile_line
from costcurve.laws.selection import best_of_their_day, truncated_line


class Method(StrEnum):
    """How the line is drawn through the models."""

    OLS = "ols"
    QUANTILE = "quantile"
    FRONTIER = "frontier"
    SELECTION = "selection"


#: Shares of the models that the margins of the truncated fit leave within, for its band.
MARGIN_SHARES = (0.5, 0.75, 0.9, 1.0)
_DEFAULT_MARGIN_SHARE = 0.9
#: More models than coefficients and scales: the fewest to fit.
_SPARE = {Method.OLS: 1, Method.QUANTILE: 1, Method.FRONTIER: 3, Method.SELECTION: 3}
NAMES = ("intercept", "slope", "year")
#: Errors below this, and computes beyond this power of ten, are slips: no field has had them.
LEAST_ERROR, LARGEST_LOG10_COMPUTE = 1e-9, 100.0
ERROR_ALLOWED = "must be a fraction of at least 1e-9 and at most 1; per cent are divided by 100"
#: Columns of one length whose singular values are so far apart are the same column.
_ALIKE = 1e-8


@dataclass(frozen=True)
class ComputeLaw:
    """A line fitted to errors over compute.

    Attributes
    ----------
    form : Form
        What the line is of.
    method : Method
        How it was drawn.
    values : ndarray of shape (2,) or (3,)
        Intercept, slope, and change a year after `year_origin` where dates were given; of the
        transformed error.
    covariance : ndarray of shape (k, k)
        Of the coefficients.
    residual_se : float or None
        Standard deviation of the residuals, in the transformed error; of the frontier's noise.
    n : int
        Models.
    log10_compute_range : tuple of float
        Of the models; beyond it the law extrapolates.
    details : dict
        What else the method found: `r2`, `r2_adjusted`, `f` of least squares; `quantile`,
        `pseudo_r2`; `noise_sd`, `waste_sd`; `n_within`, `margin`.
    cautions : tuple of str
        Codes of what a reader must know.
    year_origin, year : float or None
        From where years are counted, and the date for which the law speaks: that of the newest
        model, unless `at` says otherwise.
    clusters : int or None
        Groups whose scatter gave the covariance, where it is that of a cluster bootstrap.
    """

    form: Form
    method: Method
    values: FloatArray
    covariance: FloatArray
    residual_se: float | None
    n: int
    log10_compute_range: tuple[float, float]
    details: dict[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    year_origin: float | None = None
    year: float | None = None
    clusters: int | None = None

    @property
    def intercept(self) -> float:
        """Height of the line at no compute, in the picture of the form."""
        return float(self.values[0])

    @property
    def slope(self) -> float:
        """Change of the transformed error with the regressor of the form."""
        return float(self.values[1])

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors of the coefficients."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    @property
    def slope_se(self) -> float:
        """Standard error of the slope."""
        return float(self.standard_errors[1])

    @property
    def freedom(self) -> int:
        """Of Student's t: models used beyond the coefficients, or groups less one."""
        if self.clusters is not None:
            return self.clusters - 1
        return int(self.details.get("n_within", self.n)) - len(self.values)

    @property
    def exponent(self) -> float:
        """Power of 1/error with which compute grows, of the polynomial form: -1 / slope."""
        return -1.0 / self.slope if self.slope else float("inf")

    @property
    def base(self) -> float:
        """Height of the line at no compute, at the date for which the law speaks."""
        if self.year is None or self.year_origin is None:
            return self.intercept
        return self.intercept + float(self.values[2]) * (self.year - self.year_origin)

    def at(self, year: float) -> ComputeLaw:
        """Return the law as it speaks for another date; itself where no dates were given."""
        return self if self.year is None else replace(self, year=year)

    def intervals(self, share: float = 0.95) -> FloatArray:
        """Return the interval of each coefficient, by Student's t: shape (k, 2).

        Parameters
        ----------
        share : float
            Its nominal coverage, between 0 and 1.

        Raises
        ------
        MissingExtraError
            If scipy is not installed.
        """
        quantile = float(scipy_module("stats").t.ppf(0.5 + share / 2.0, self.freedom))
        width = quantile * self.standard_errors
        return np.stack([self.values - width, self.values + width], axis=1)

    def exponent_interval(self, share: float = 0.95) -> tuple[float, float]:
        """Return the interval of the exponent; its upper end is infinite if the slope may be 0."""
        low, high = (float(end) for end in self.intervals(share)[1])
        if low >= 0.0:
            return -1.0 / low if low else float("-inf"), -1.0 / high if high else float("-inf")
        return -1.0 / low, -1.0 / high if high < 0 else float("inf")

    def line(self, log10_compute: ArrayLike) -> FloatArray:
        """Return the height of the line at a compute, in the picture of the form."""
        return np.asarray(self.base + self.slope * self.form.regressor(log10_compute))

    def error(self, log10_compute: ArrayLike) -> FloatArray:
        """Return the error of the line at a compute; NaN where the line leaves all errors."""
        return self.form.error(self.line(log10_compute))

    def log10_compute(self, error: ArrayLike) -> FloatArray:
        """Return log10 of the compute at which the line has an error."""
        return reached_at(self.form, self.form.transformed(error), self.base, self.slope)


def reached_at(form: Form, height: ArrayLike, base: ArrayLike, slope: ArrayLike) -> FloatArray:
    """Return log10 of the compute at which lines stand at a height of the picture.

    Infinite where the line gains nothing from compute, or loses: no compute gets there.
    """
    slopes = np.asarray(slope, dtype=np.float64)
    gains = slopes * form.error_sign < 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = form.log10_compute((np.asarray(height) - np.asarray(base)) / slopes)
    return np.asarray(np.where(gains, found, np.inf))


def fit_compute_law(  # noqa: PLR0913 - a fit has as many choices
    log10_compute: ArrayLike,
    error: ArrayLike,
    form: Form = Form.POLYNOMIAL,
    method: Method = Method.OLS,
    *,
    year: ArrayLike | None = None,
    quantile: float = 0.1,
    margin: float | None = None,
    best: ArrayLike | None = None,
    with_covariance: bool = True,
) -> ComputeLaw:
    """Return the line through errors over compute.

    Parameters
    ----------
    log10_compute : array-like of shape (n,)
        In any unit of compute, the same for all.
    error : array-like of shape (n,)
        As fractions, of at least 1e-9 and at most 1.
    form : Form
        What is a straight line.
    method : Method
        How it is drawn.
    year : array-like of shape (n,), optional
        Dates as years with decimals: the line then has a term for them. Of `selection`: needed.
    quantile : float
        Of `quantile`: the share of models with a smaller error, between 0 and 1.
    margin : float, optional
        Of `selection`: a model was published if its log10(error) was at most so much above that of
        the best before it, at least 0. By default what nine tenths of the models keep.
    best : array-like of shape (n,), optional
        Of `selection`: the least error before each model; by default from these models, which is
        wrong of a sample drawn from them.
    with_covariance : bool
        Whether the covariance is wanted; of a frontier it takes nearly all of the time.

    Raises
    ------
    InputError
        If there are too few models, all have the same compute or date, an error is no fraction, or
        a choice is out of range.
    MissingExtraError
        If the method needs scipy and it is not installed.
    """
    form, method = choice_of("form", Form, form), choice_of("method", Method, method)
    x, errors = as_float64("log10_compute", log10_compute), as_float64("error", error)
    years = None if year is None else as_float64("year", year)
    if method is Method.SELECTION and years is None:
        raise InputError.of("date", "", "is needed: what is published depends on the day")
    fewest = (2 if years is None else 3) + _SPARE[method]
    check_models(x, errors, years, _about_the_fit(x.size, fewest, method, quantile, margin))
    origin = None if years is None else float(np.floor(years.min()))
    since = None if years is None or origin is None else years - origin
    design = _design(form.regressor(x), since)
    if method is Method.SELECTION and years is not None:
        fit = _published(design, errors, form, _bar(best, errors, years), margin)
    else:
        fit = _line(design, errors, form, method, quantile, with_covariance)
    return ComputeLaw(
        form=form,
        method=method,
        values=fit.values,
        covariance=fit.covariance,
        residual_se=fit.residual_se,
        n=len(x),
        log10_compute_range=(float(x.min()), float(x.max())),
        details=fit.details,
        cautions=_cautions(fit, form),
        year_origin=origin,
        year=None if years is None else float(years.max()),
    )


def _bar(best: ArrayLike | None, errors: FloatArray, years: FloatArray) -> FloatArray:
    """Return the least error before each model, which its publication was judged by."""
    return best_of_their_day(errors, years) if best is None else _as_given(best, errors)


def _cautions(fit: LineFit, form: Form) -> tuple[str, ...]:
    falls = fit.values[1] * form.error_sign < 0.0
    return fit.cautions if falls else (*fit.cautions, "error_does_not_fall_with_compute")


def _line(  # noqa: PLR0913, PLR0917 - a fit has as many choices
    design: FloatArray,
    errors: FloatArray,
    form: Form,
    method: Method,
    quantile: float,
    with_covariance: bool,
) -> LineFit:
    y, sign = form.transformed(errors), form.error_sign
    if method is Method.QUANTILE:
        # A tenth of the errors lies below where nine tenths of 1/error do.
        return quantile_line(design, y, quantile if sign > 0 else 1.0 - quantile)
    if method is Method.FRONTIER:
        return frontier_line(design, y, sign, with_covariance=with_covariance)
    return least_squares(design, y)


def _published(
    design: FloatArray, errors: FloatArray, form: Form, best: FloatArray, margin: float | None
) -> LineFit:
    if margin is None:
        margin = _margin(errors, best, _DEFAULT_MARGIN_SHARE)
    threshold = np.full(len(errors), np.inf)
    known = np.isfinite(best)
    threshold[known] = form.transformed(best[known] * 10.0**margin)
    fit = truncated_line(design, form.transformed(errors), threshold, form.error_sign)
    return replace(fit, details={**fit.details, "margin": margin})


def _as_given(best: ArrayLike, errors: FloatArray) -> FloatArray:
    """Return the least errors before each model; infinite where nothing was before."""
    found = np.asarray(best, dtype=np.float64)
    if found.shape != errors.shape or not (found >= LEAST_ERROR).all():
        allowed = "must be as many numbers as error, each at least 1e-9 or infinite"
        raise InputError([Finding("best", "", allowed)])
    return found


def margin_of(error: ArrayLike, year: ArrayLike, share: float) -> float:
    """Return the margin above the best of their day, in log10(error), that a share keeps.

    Any margin below the true one is valid, since it cuts a truncated sample closer; a wider one
    takes for a free choice what was cut away.

    Raises
    ------
    InputError
        If the share is not from 0 to 1, an error is no fraction, or there are not as many of each.
    """
    if not 0.0 <= share <= 1.0:
        raise InputError.of("share", share, "must be from 0 to 1")
    errors, years = as_float64("error", error), as_float64("year", year)
    check_models(np.zeros_like(errors), errors, years)
    return _margin(errors, best_of_their_day(errors, years), share)


def _margin(errors: FloatArray, best: FloatArray, share: float) -> float:
    known = np.isfinite(best)
    if not known.any():
        return 0.0
    return max(0.0, float(np.quantile(np.log10(errors[known] / best[known]), share)))


def check_models(
    x: FloatArray, errors: FloatArray, years: FloatArray | None, more: Sequence[Finding] = ()
) -> None:
    """Raise InputError for models whose numbers are out of range, or not as many of each.

    Parameters
    ----------
    x, errors, years : ndarray of shape (n,)
        log10 of the compute, errors as fractions, and dates where there are any.
    more : sequence of Finding
        What else is wrong, told with it.
    """
    given = [x, errors, *([] if years is None else [years])]
    if any(each.ndim != 1 or each.shape != x.shape for each in given):
        raise InputError([Finding("error", "", "must be as many numbers as log10_compute")])
    findings = list(more)
    if not (np.abs(x) <= LARGEST_LOG10_COMPUTE).all():
        first = int(np.argmax(~(np.abs(x) <= LARGEST_LOG10_COMPUTE)))
        allowed = f"must be within 10^-{LARGEST_LOG10_COMPUTE:g} and 10^{LARGEST_LOG10_COMPUTE:g}"
        findings.append(Finding("compute", f"10^{x[first]:g}", allowed))
    wrong = ~((errors >= LEAST_ERROR) & (errors <= 1.0))
    if wrong.any():
        first = int(np.argmax(wrong))
        findings.append(Finding(f"error[{first + 1}]", f"{errors[first]:g}", ERROR_ALLOWED))
    InputError.check(findings)


def _about_the_fit(
    models: int, fewest: int, method: Method, quantile: float, margin: float | None
) -> list[Finding]:
    """Return what is wrong with the choices of a fit to so many models."""
    findings = []
    if models < fewest:
        findings.append(Finding("error", str(models), f"at least {fewest} models are needed"))
    # Written so that what is no number is refused, too.
    if method is Method.QUANTILE and not models * min(quantile, 1.0 - quantile) >= 1.0:
        allowed = f"must leave at least one of {models} models on either side"
        findings.append(Finding("quantile", f"{quantile:g}", allowed))
    if margin is not None and not 0.0 <= margin < np.inf:
        findings.append(Finding("margin", f"{margin:g}", "must be a finite number, at least 0"))
    return findings


def _design(regressor: FloatArray, since: FloatArray | None) -> FloatArray:
    """Return the columns of the fit: a constant, the regressor, and years where there are any.

    Raises
    ------
    InputError
        If the columns cannot be told apart: by the ratio of singular values.
    """
    columns = [np.ones(len(regressor)), regressor, *([] if since is None else [since])]
    design = np.stack(columns, axis=1)
    lengths = column_lengths(design)
    # Models of one date, or with a compute of 1, make a column of zeros.
    scaled = design / np.where(lengths > 0.0, lengths, 1.0)
    pair = np.linalg.svd(scaled[:, :2], compute_uv=False)
    if pair[-1] < _ALIKE * pair[0]:
        allowed = "must not be the same for all models, nor nearly so"
        raise InputError.of("compute", f"{design[0, 1]:g}", allowed)
    every = np.linalg.svd(scaled, compute_uv=False)
    if every[-1] < _ALIKE * every[0]:
        allowed = "must not be the same for all, nor run exactly with compute"
        raise InputError.of("date", f"{design[0, -1]:g} years after the first", allowed)
    return design
