"""Loss over model size and data: L(N, D) = E + A N^-alpha + B D^-beta.

The third approach of Hoffmann et al. (2022), Training Compute-Optimal Large Language Models,
arXiv:2203.15556, Eq. 2 and section 3.3. `two_variable_fit` fits it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from costcurve.core.errors import InputError
from costcurve.core.extras import scipy_module
from costcurve.core.quantities import FloatArray, as_float64

#: FLOP of training a transformer, for each parameter and token: Kaplan et al. (2020),
#: arXiv:2001.08361, section 2.1; Hoffmann et al. (2022), section 3.3.
FLOP_PER_PARAMETER_AND_EXAMPLE = 6.0
#: Smallest and largest number that a law takes: powers of them stay within float64.
LEAST, MOST = 1e-15, 1e30
#: Free numbers of the law.
COEFFICIENTS = 5


@dataclass(frozen=True)
class Allocation:
    """How a budget of compute is best split.

    Attributes
    ----------
    parameters, examples : float
        Size of the model, and examples that it is trained on, each once.
    loss : float
        That the law expects of them.
    extrapolates : bool
        Whether either lies outside the evidence.
    """

    parameters: float
    examples: float
    loss: float
    extrapolates: bool


@dataclass(frozen=True)
class TwoVariableLaw:
    """A fitted law of loss over parameters and examples.

    With N0 and D0 the geometric means of the evidence, loss = E + A0 (N / N0)^-alpha +
    B0 (D / D0)^-beta: A0 and B0 can be told far better than A and B.

    Attributes
    ----------
    irreducible, of_parameters, of_examples : float
        E, A0 and B0, in the unit of the loss, each at least 0.
    alpha, beta : float
        Exponents, 0 to 3.
    middle_parameters, middle_examples : float
        N0 and D0.
    parameters_range, examples_range : pair of float
        Smallest and largest of the evidence.
    n : int
        Runs.
    objective : float
        Summed Huber loss of the residuals of log(loss).
    residual_scale : float
        Root of their sum of squares over n - 5.
    covariance : ndarray of shape (5, 5), optional
        Of E, A0, B0, alpha and beta, over resamples; `None` where there were none.
    standard_errors : ndarray of shape (5,), optional
        Of E, A, B, alpha and beta, over the same resamples.
    parameters_unit, examples_unit, loss_unit : str
        What N, D and the loss are counted in.
    """

    irreducible: float
    of_parameters: float
    of_examples: float
    alpha: float
    beta: float
    middle_parameters: float
    middle_examples: float
    parameters_range: tuple[float, float]
    examples_range: tuple[float, float]
    n: int
    objective: float
    residual_scale: float
    covariance: FloatArray | None = None
    standard_errors: FloatArray | None = None
    parameters_unit: str = "parameters"
    examples_unit: str = "tokens"
    loss_unit: str = "nats per token"

    @property
    def coefficients(self) -> FloatArray:
        """E, A, B, alpha and beta, as the paper writes them."""
        at_one = (
            self.of_parameters * self.middle_parameters**self.alpha,
            self.of_examples * self.middle_examples**self.beta,
        )
        return np.array([self.irreducible, *at_one, self.alpha, self.beta])

    def predict(self, parameters: ArrayLike, examples: ArrayLike) -> FloatArray:
        """Return the loss that the law expects.

        Parameters
        ----------
        parameters, examples : array-like
            N and D, 1e-15 to 1e30, broadcast against each other.

        Raises
        ------
        InputError
            If one is out of range, or their shapes do not fit.
        """
        sizes, data = _pair(parameters, examples)
        by_size, by_data = self._powers(sizes, data)
        return np.asarray(
            self.irreducible + self.of_parameters * by_size + self.of_examples * by_data
        )

    def interval(
        self, parameters: ArrayLike, examples: ArrayLike, share: float = 0.90
    ) -> FloatArray:
        """Return the low end, middle and high end of the loss of one new run.

        log(loss) is taken as Student-t with n - 5 degrees of freedom, its variance that of the
        coefficients (delta method) and of a run about the law. Runs are taken to scatter
        independently, and the form to hold. Outside the evidence that is too much to hope: of the
        runs of Hoffmann et al. with the most compute, 65 to 73 % lay within the 90 % interval of
        a law fitted to those with less, and 96 % of the runs that it was fitted to.

        Parameters
        ----------
        parameters, examples : array-like
            As in `predict`.
        share : float
            How often a new run should lie within, above 0 and below 1.

        Returns
        -------
        ndarray of shape (3, ...)
            The ends and the middle.

        Raises
        ------
        InputError
            As in `predict`; also if the share is out of range, or the law was fitted without
            resamples.
        MissingExtraError
            If scipy is not installed.
        """
        if not 0.0 < share < 1.0:
            raise InputError.of("share", share, "must be above 0 and below 1")
        if self.covariance is None:
            raise InputError.of("resamples", 0, "an interval needs a law fitted with resamples")
        middle = self.predict(parameters, examples)
        slopes = self._slopes(*_pair(parameters, examples)) / middle[..., None]
        own = np.einsum("...i,ij,...j->...", slopes, self.covariance, slopes)
        spread = np.sqrt(np.maximum(own, 0.0) + self.residual_scale**2)
        reach = scipy_module("special").stdtrit(self.n - COEFFICIENTS, 0.5 + share / 2.0)
        factor = np.exp(np.minimum(reach * spread, np.log(MOST)))
        return np.stack([middle / factor, middle, middle * factor])

    def extrapolates(self, parameters: ArrayLike, examples: ArrayLike) -> np.ndarray:
        """Return whether N or D lies outside the evidence; takes and raises as `predict` does."""
        sizes, data = _pair(parameters, examples)
        outside = _outside(sizes, self.parameters_range) | _outside(data, self.examples_range)
        return np.asarray(outside)

    def floor(self, parameters: float) -> float:
        """Return the loss of a model of so many parameters with no end of examples.

        Raises
        ------
        InputError
            If the size is out of range.
        """
        by_size, _ = self._powers(*_pair(parameters, self.middle_examples))
        return float(self.irreducible + self.of_parameters * by_size)

    def needed_examples(self, target_loss: float, parameters: float) -> float | None:
        """Return the examples at which a model of some size is expected to reach a loss.

        D = D0 (B0 / (L - E - A0 (N / N0)^-alpha))^(1 / beta).

        Parameters
        ----------
        target_loss : float
            L, above 0.
        parameters : float
            N, 1e-15 to 1e30.

        Returns
        -------
        float or None
            `None` if it is out of reach: at or below `floor`, or beyond 1e30 examples.

        Raises
        ------
        InputError
            If a number is out of range, or the loss of this law does not fall with examples.
        """
        if not (target_loss > 0.0 and np.isfinite(target_loss)):
            raise InputError.of("target_loss", target_loss, "must be above 0 and finite")
        if self.of_examples <= 0.0 or self.beta <= 0.0:
            raise InputError.of("beta", self.beta, "the loss of this law does not fall with data")
        gap = target_loss - self.floor(parameters)
        if gap <= 0.0:
            return None
        log = np.log(self.middle_examples) + np.log(self.of_examples / gap) / self.beta
        return float(np.exp(log)) if log <= np.log(MOST) else None

    def compute_optimal(
        self, flop: float, flop_per_parameter_and_example: float = FLOP_PER_PARAMETER_AND_EXAMPLE
    ) -> Allocation:
        """Return the size and the examples with the least loss for a budget of compute.

        With C = k N D: N = G (C / k)^(beta / (alpha + beta)), D = (C / k) / N, and
        G = (alpha A / (beta B))^(1 / (alpha + beta)). Hoffmann et al. (2022), Eq. 4. The rule
        C = 6 N D is that of language models; it does not hold for convolutions.

        Parameters
        ----------
        flop : float
            C, the budget of training, above 0.
        flop_per_parameter_and_example : float
            k, above 0: forward and backward pass of one example.

        Raises
        ------
        InputError
            If a number is out of range, or either term of the law does not fall.
        """
        for name, value in (
            ("flop", flop),
            ("flop_per_parameter_and_example", flop_per_parameter_and_example),
        ):
            if not (value > 0.0 and np.isfinite(value)):
                raise InputError.of(name, value, "must be above 0 and finite")
        pulls = (self.alpha * self.of_parameters, self.beta * self.of_examples)
        if min(pulls) <= 0.0:
            allowed = "no split is best where the loss does not fall with both size and data"
            raise InputError.of("alpha, beta", f"{self.alpha:g}, {self.beta:g}", allowed)
        # Of sizes and data relative to their middles, where A and B are A0 and B0.
        middles = np.log(self.middle_parameters) + np.log(self.middle_examples)
        budget = np.log(flop) - np.log(flop_per_parameter_and_example) - middles
        log = (np.log(pulls[0] / pulls[1]) + self.beta * budget) / (self.alpha + self.beta)
        with np.errstate(over="ignore"):
            size = float(np.exp(log) * self.middle_parameters)
            data = float(np.exp(budget - log) * self.middle_examples)
        loss = float(self.predict(size, data))
        return Allocation(size, data, loss, bool(self.extrapolates(size, data)))

    def _powers(self, sizes: FloatArray, data: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (N / N0)^-alpha and (D / D0)^-beta."""
        return (
            np.exp(-self.alpha * (np.log(sizes) - np.log(self.middle_parameters))),
            np.exp(-self.beta * (np.log(data) - np.log(self.middle_examples))),
        )

    def _slopes(self, sizes: FloatArray, data: FloatArray) -> FloatArray:
        """Return derivatives of the loss by E, A0, B0, alpha and beta, of shape (..., 5)."""
        by_size, by_data = self._powers(sizes, data)
        of_alpha = -self.of_parameters * by_size * np.log(sizes / self.middle_parameters)
        of_beta = -self.of_examples * by_data * np.log(data / self.middle_examples)
        columns = np.broadcast_arrays(np.float64(1.0), by_size, by_data, of_alpha, of_beta)
        return np.stack(columns, axis=-1)


def within(name: str, values: ArrayLike) -> FloatArray:
    """Return numbers as float64.

    Raises
    ------
    InputError
        If one is not finite, below 1e-15 or above 1e30.
    """
    found = as_float64(name, values)
    wrong = ~((found >= LEAST) & (found <= MOST))
    if wrong.any():
        allowed = f"must be at least {LEAST:g} and at most {MOST:g}"
        raise InputError.of(name, float(found[wrong][0]), allowed)
    return found


def _pair(parameters: ArrayLike, examples: ArrayLike) -> tuple[FloatArray, FloatArray]:
    sizes, data = within("parameters", parameters), within("examples", examples)
    try:
        np.broadcast_shapes(sizes.shape, data.shape)
    except ValueError:
        allowed = f"must have a shape that fits that of examples, {data.shape}"
        raise InputError.of("parameters", sizes.shape, allowed) from None
    return sizes, data


def _outside(values: FloatArray, ends: tuple[float, float]) -> np.ndarray:
    return np.asarray((values < ends[0]) | (values > ends[1]))
