"""Laws of error over compute as published: coefficients, and the band that rounding leaves."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from costcurve.core.errors import InputError, nearest
from costcurve.core.files import packaged_text
from costcurve.facts.tables import fold
from costcurve.laws.compute import ComputeLaw, Method
from costcurve.laws.forms import Form

_NUMBERS = (
    "intercept",
    "intercept_se",
    "intercept_step",
    "slope",
    "slope_se",
    "slope_step",
    "r2",
    "residual_se",
)
_POWERS = ("figure4_gflop", "figure4_lb_co2", "figure4_usd")


@dataclass(frozen=True, slots=True)
class PublishedLaw:
    """A printed regression of a benchmark's error on log10(hardware burden in GFLOP).

    Attributes
    ----------
    benchmark, aliases, metric, form
        Of what, and what the line is of.
    n : int
        Models.
    intercept, intercept_se, slope, slope_se, r2, residual_se : float
        As printed.
    intercept_step, slope_step : float
        One in the last printed digit.
    errors : tuple of float
        For which compute was projected: the best error of the day, then the targets.
    figure4_gflop, figure4_lb_co2, figure4_usd : tuple of int
        What Figure 4 prints for these errors: powers of ten of GFLOP, pounds of CO2 and USD. They
        are of the coefficients before rounding, and cut off rather than rounded.
    source : str
        Where.
    """

    benchmark: str
    aliases: tuple[str, ...]
    metric: str
    form: Form
    n: int
    intercept: float
    intercept_se: float
    intercept_step: float
    slope: float
    slope_se: float
    slope_step: float
    r2: float
    residual_se: float
    errors: tuple[float, ...]
    figure4_gflop: tuple[int, ...]
    figure4_lb_co2: tuple[int, ...]
    figure4_usd: tuple[int, ...]
    source: str

    def law(self) -> ComputeLaw:
        """Return the law.

        Its errors are printed to one or two digits, and the covariance of both coefficients is not
        printed. For a line of least squares R2 gives the error of the slope, for its t is the root
        of R2 / (1 - R2) * (n - 2); the covariance is -m Var(slope), with m the mean of the
        regressor, which Var(intercept) = s^2 / n + m^2 Var(slope) gives. The range of compute is
        not printed either: it is taken from that mean to the best error of the day.
        """
        slope_se = abs(self.slope) / float(np.sqrt(self.r2 / (1.0 - self.r2) * (self.n - 2)))
        noise = self.residual_se**2 / self.n
        mean = float(np.sqrt(max(self.intercept_se**2 - noise, 0.0)) / slope_se)
        shared = -mean * slope_se**2
        best = (float(self.form.transformed(self.errors[0])) - self.intercept) / self.slope
        return ComputeLaw(
            form=self.form,
            method=Method.OLS,
            values=np.array([self.intercept, self.slope]),
            covariance=np.array([[noise + (mean * slope_se) ** 2, shared], [shared, slope_se**2]]),
            residual_se=self.residual_se,
            n=self.n,
            log10_compute_range=(min(mean, best), max(mean, best)),
            details={"r2": self.r2},
        )

    def law_with_rounding(self) -> ComputeLaw:
        """Return the law, its coefficients as unsure as sampling and their rounding leave them.

        A number that was rounded lies anywhere within its last digit: a uniform distribution, with
        a variance of step^2 / 12 (JCGM 100:2008, section 4.3.7; from memory).
        """
        law = self.law()
        steps = np.array([self.intercept_step, self.slope_step])
        return replace(law, covariance=law.covariance + np.diag(steps**2 / 12.0))

    def printed_gflop(self, error: float) -> int | None:
        """Return log10(GFLOP) of an error as Figure 4 prints it; `None` of one that it has not."""
        return dict(zip(self.errors, self.figure4_gflop, strict=True)).get(error)

    def band(self, error: float) -> tuple[float, float]:
        """Return lowest and highest log10(GFLOP) at which coefficients that round so have an error.

        Parameters
        ----------
        error : float
            As a fraction.
        """
        height = float(self.form.transformed(error))
        ends = [
            (height - self.intercept - a * self.intercept_step / 2.0)
            / (self.slope + b * self.slope_step / 2.0)
            for a in (-1.0, 1.0)
            for b in (-1.0, 1.0)
        ]
        return min(ends), max(ends)


@cache
def published_laws() -> tuple[PublishedLaw, ...]:
    """Return every printed law."""
    text = packaged_text("laws", "compute_laws.csv")
    return tuple(_law(row) for row in csv.DictReader(text.splitlines()))


def _law(row: dict[str, str]) -> PublishedLaw:
    cells: dict[str, Any] = dict(row)
    for name in _NUMBERS:
        cells[name] = float(cells[name])
    lists = {
        "aliases": tuple(filter(None, row["aliases"].split(";"))),
        "errors": tuple(map(float, row["errors"].split(";"))),
        **{name: tuple(map(int, row[name].split(";"))) for name in _POWERS},
    }
    return PublishedLaw(**{**cells, **lists, "form": Form(row["form"]), "n": int(row["n"])})


def find_published_law(benchmark: str, form: Form) -> PublishedLaw:
    """Return the printed law of a benchmark.

    Parameters
    ----------
    benchmark : str
        Its name or an alias; case, spaces and punctuation do not matter.
    form : Form
        polynomial or exponential-inverse.

    Raises
    ------
    InputError
        If none was printed.
    """
    laws = [law for law in published_laws() if law.form is form]
    if not laws:
        printed = ", ".join(dict.fromkeys(law.form for law in published_laws()))
        raise InputError.of("form", str(form), f"of printed laws it is one of: {printed}")
    names = {name: law for law in laws for name in (law.benchmark, *law.aliases)}
    folded = {fold(name): law for name, law in names.items()}
    if fold(benchmark) not in folded:
        allowed = ", ".join(law.benchmark for law in laws)
        raise InputError.of(
            "benchmark", benchmark, f"must be one of: {allowed}{nearest(benchmark, names)}"
        )
    return folded[fold(benchmark)]
