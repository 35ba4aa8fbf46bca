"""The log-linear law in numbers: error for examples, examples for error, and how sure."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import InputError
from costcurve.core.quantities import Bounds, FloatArray, Input, as_float64
from costcurve.laws import log_linear
from costcurve.laws.belief import Belief, LogScale, Runs, Scale
from costcurve.laws.cap import LOG10_EXAMPLES_CAP, log10_examples_cap
from costcurve.laws.log_linear_card import LogLinearCard
from costcurve.laws.odds import PIVOT
from costcurve.laws.setting import Setting


class LogLinearLaw:
    """A log-linear law with the coefficients of a card.

    Every method takes numbers or arrays, which broadcast against each other, and returns float64
    of the common shape. Pretrained and segmentation are booleans, or fractions of one.

    Parameters
    ----------
    card : LogLinearCard
        The coefficients and what is known of them.
    """

    #: The functions that compute it, for a graph of quantities.
    module: ModuleType = log_linear
    #: Whether the group of the images is an input.
    asks_for_the_group = False

    def __init__(self, card: LogLinearCard) -> None:
        self.card = card

    def error(
        self,
        examples: ArrayLike,
        relative_complexity: ArrayLike,
        *,
        pretrained: ArrayLike = True,
        segmentation: ArrayLike = False,
        quantile: ArrayLike = 0.5,
    ) -> FloatArray:
        """Return the error after training on `examples` (Eq. 1).

        Parameters
        ----------
        examples : array-like
            Number of training examples, above 0.
        relative_complexity : array-like
            Entropy of the classes over that of the baseline, dimensionless, at least 0.
        pretrained, segmentation : array-like of bool
            Whether training starts from a checkpoint; whether the task is segmentation.
        quantile : array-like
            Of the predictive distribution, in (0, 1); the median is the equation as printed.

        Returns
        -------
        ndarray of float64
            Error as a fraction. It may exceed 1 where the law is far outside its range.

        Raises
        ------
        InputError
            If an argument is not finite or outside what is allowed.
        """
        level, exponent = self._line(relative_complexity, pretrained, segmentation)
        return np.asarray(
            log_linear.predicted_error(
                _above_zero("examples", examples), level, exponent, self._residual(quantile)
            )
        )

    def examples_needed(
        self,
        error: ArrayLike,
        relative_complexity: ArrayLike,
        *,
        pretrained: ArrayLike = True,
        segmentation: ArrayLike = False,
        quantile: ArrayLike = 0.5,
    ) -> FloatArray:
        """Return the examples that reach `error` (Eq. 2, for both values of Pretrain).

        Parameters
        ----------
        error : array-like
            Target error as a fraction, above 0.
        relative_complexity, pretrained, segmentation : array-like
            As in `error`.
        quantile : array-like
            Of the predictive distribution, in (0, 1): at 0.95 these examples suffice for 95 % of
            tasks.

        Returns
        -------
        ndarray of float64
            Number of examples, a real number, at least 10^-100 and at most 10^100.

        Raises
        ------
        InputError
            If an argument is not finite or outside what is allowed, or the error of this law does
            not fall with examples.
        """
        level, exponent = self._line(relative_complexity, pretrained, segmentation)
        self._check_falls(exponent, pretrained)
        target = _above_zero("error", error)
        log10_needed = log_linear.log10_examples_needed(
            target, level, self._residual(quantile), exponent
        )
        return np.asarray(log_linear.examples_needed(log10_needed, LOG10_EXAMPLES_CAP))

    def probability_of_error(
        self,
        error: ArrayLike,
        examples: ArrayLike,
        relative_complexity: ArrayLike,
        *,
        pretrained: ArrayLike = True,
        segmentation: ArrayLike = False,
    ) -> FloatArray:
        """Return the probability that training on `examples` gives at most `error`; 0 to 1."""
        level, exponent = self._line(relative_complexity, pretrained, segmentation)
        return np.asarray(
            log_linear.probability_of_target(
                _above_zero("error", error),
                _above_zero("examples", examples),
                level,
                exponent,
                self.card.residual.sd,
            )
        )

    def scale(self, setting: Setting) -> Scale:  # noqa: ARG002 - as of every law
        """Return the scale on which the curves of tasks are straight."""
        return LogScale()

    def belief(self, setting: Setting) -> Belief:
        """Return what the law believes of tasks before any run on them.

        The slope is taken as known, as the printed equation has it. A share of the residual's
        variance is common to all runs on a task, and runs can teach only that share.
        """
        level, exponent = self._line(
            setting.relative_complexity, setting.pretrained, setting.segmentation
        )
        mean = np.stack(np.broadcast_arrays(level + PIVOT * exponent, exponent), axis=1)
        variance, shared = self.card.residual.sd**2, self.card.residual.shared or 0.0
        covariance = np.zeros((len(setting), 2, 2))
        covariance[:, 0, 0] = shared * variance
        run_sd = np.full(len(setting), np.sqrt((1.0 - shared) * variance))
        return Belief(mean, covariance, run_sd)

    def inputs(self, setting: Setting, runs: Runs | None = None) -> list[Input]:
        """Return the law of one task as inputs of a graph.

        Parameters
        ----------
        setting : Setting
            One row.
        runs : Runs, optional
            Runs on the task, in one row. They move the intercept and narrow the residual.

        Raises
        ------
        InputError
            If the error of this law does not fall with examples, pretrained or not as in the task.
        """
        _, exponent = self._line(
            setting.relative_complexity, setting.pretrained, setting.segmentation
        )
        self._check_falls(exponent, setting.pretrained)
        source = f"law card {self.card.id}: {self.card.cite}"
        values = {name: each.value for name, each in self.card.coefficients.items()}
        residual, told = self.card.residual, ""
        residual_sd, about = residual.sd, f"{residual.source}; {residual.note}"
        if runs is not None:
            before = self.belief(setting)
            after = before.after(runs, self.scale(setting))
            values["coef_intercept"] += float(after.mean[0, 0] - before.mean[0, 0])
            residual_sd = float(np.hypot(np.sqrt(after.covariance[0, 0, 0]), after.noise_sd[0]))
            told = f", moved by the user's own runs: errors of {runs.in_words()}"
            about = f"{residual.source}{told}; {residual.shared_source}"
        inputs = [
            Input.of(
                name,
                values[name],
                "1",
                each.label,
                f"{source}, standard error {each.standard_error:g}"
                + told * (name == "coef_intercept"),
            )
            for name, each in self.card.coefficients.items()
        ]
        label = "Residual scale of the law in log10 error"
        where = f"law card {self.card.id}: {about}"
        scale = Input.of("residual_sd", residual_sd, "1", label, where, Bounds(above=0.0))
        return [*inputs, scale, log10_examples_cap()]

    def of_tasks(self, setting: Setting) -> dict[str, FloatArray]:  # noqa: ARG002 - as of every law
        """Return what differs from task to task, no runs on them seen: nothing."""
        return {}

    def _line(
        self, relative_complexity: ArrayLike, pretrained: ArrayLike, segmentation: ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        value = {name: coefficient.value for name, coefficient in self.card.coefficients.items()}
        complexity = as_float64("relative_complexity", relative_complexity)
        if (complexity < 0).any():
            raise InputError.of("relative_complexity", relative_complexity, "must be at least 0")
        level = log_linear.log10_error_at_one_example(
            value["coef_intercept"],
            value["coef_relative_complexity"],
            complexity,
            value["coef_segmentation"],
            as_float64("segmentation", segmentation),
        )
        exponent = log_linear.examples_exponent(
            value["coef_log10_examples"],
            value["coef_pretrained_log10_examples"],
            as_float64("pretrained", pretrained),
        )
        return level, exponent

    def _check_falls(self, exponent: FloatArray, pretrained: ArrayLike) -> None:
        # A card promises it of what it has seen alone.
        if (exponent >= 0.0).any():
            seen = " and ".join(str(each).lower() for each in self.card.range.pretrained)
            allowed = (
                f"by law {self.card.id} the error then does not fall with examples; the law was "
                f"fitted with pretrained {seen}"
            )
            raise InputError.of("pretrained", np.asarray(pretrained, dtype=bool).all(), allowed)

    def _residual(self, quantile: ArrayLike) -> FloatArray:
        quantiles = as_float64("quantile", quantile)
        if not ((quantiles > 0) & (quantiles < 1)).all():
            raise InputError.of("quantile", quantile, "must be above 0 and below 1")
        from statistics import NormalDist  # noqa: PLC0415 - slow, and an estimate needs none

        z = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])(quantiles)
        return np.asarray(log_linear.residual(self.card.residual.sd, z))


def _above_zero(name: str, value: ArrayLike) -> FloatArray:
    array = as_float64(name, value)
    if not (array > 0).all():
        raise InputError.of(name, value, "must be above 0")
    return array
