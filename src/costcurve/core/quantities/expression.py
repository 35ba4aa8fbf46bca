"""The recorder: what a quantity's function does to its inputs, as an expression tree.

A quantity is a function of elementwise NumPy. Called with arrays it gives numbers; called with
the `Variable` objects of this module it gives an `Expression`, because NumPy hands its own
functions over to an operand that implements `__array_ufunc__` and `__array_function__`. The
workbook, the LaTeX and the explanation are written from that tree (see `notation`), so they
cannot say anything else than what the function computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from costcurve.core.draws import normal_deviate
from costcurve.core.errors import GraphError

# NumPy has no normal distribution; a ufunc made from `math.erfc` is exact in both tails and,
# being a ufunc, is recorded like any other.
_NORMAL_CDF = np.frompyfunc(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)), 1, 1)


def normal_cdf(z: Any) -> Any:
    """Return the standard normal distribution function, elementwise; 0 to 1, dimensionless."""
    if isinstance(z, Expression):
        return _NORMAL_CDF(z)
    scaled = np.asarray(z, dtype=np.float64) / -math.sqrt(2.0)
    # Six times as fast as the ufunc, whose every call goes through Python.
    values = np.fromiter(map(math.erfc, scaled.ravel().tolist()), np.float64, scaled.size)
    return 0.5 * values.reshape(scaled.shape)


# Only ever recorded: numbers take the way of `normal_quantile` below.
_NORMAL_QUANTILE = np.frompyfunc(lambda share: float(normal_quantile(share)), 1, 1)


def normal_quantile(share: Any) -> Any:
    """Return the standard normal deviate below which this share lies, elementwise.

    Both dimensionless. Minus infinity at a share of 0 or below, infinity at 1 or above, which NumPy
    is told of as a division by zero: a formula that may get there must bound its share, since no
    spreadsheet knows infinity. Its values are those of `costcurve.core.draws.normal_deviate`
    (Wichura 1988, AS 241), exact to 1e-15.
    """
    if isinstance(share, Expression):
        return _NORMAL_QUANTILE(share)
    shares = np.asarray(share, dtype=np.float64)
    inside = (shares > 0.0) & (shares < 1.0)
    deviates = normal_deviate(np.where(inside, shares, 0.5))
    # A graph hears of values that are not finite by what NumPy says of its arithmetic.
    return np.where(inside, deviates, np.sign(shares - 0.5) / inside)


#: Every operation that a quantity may use, by the function NumPy hands over.
OPERATIONS: dict[Callable[..., Any], str] = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.true_divide: "divide",
    np.power: "power",
    np.negative: "negative",
    np.absolute: "absolute",
    np.sqrt: "sqrt",
    np.exp: "exp",
    np.log: "log",
    np.log10: "log10",
    np.minimum: "minimum",
    np.maximum: "maximum",
    np.less: "less",
    np.less_equal: "less_equal",
    np.greater: "greater",
    np.greater_equal: "greater_equal",
    np.where: "where",
    _NORMAL_CDF: "normal_cdf",
    _NORMAL_QUANTILE: "normal_quantile",
}


class Expression(NDArrayOperatorsMixin):
    """A recorded computation; build one with `Variable` and NumPy."""

    __slots__ = ()

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Expression:
        if method != "__call__" or kwargs:
            raise GraphError(
                f"a quantity may not use np.{ufunc.__name__}.{method} or keyword arguments: "
                "only elementwise calls can be written as a formula"
            )
        return _record(ufunc, inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Expression:
        del types
        if kwargs:
            raise GraphError(f"a quantity may not call np.{func.__name__} with keyword arguments")
        return _record(func, args)

    def __bool__(self) -> bool:
        raise GraphError("a quantity may not branch on a value: use np.where")

    def operands(self) -> tuple[Expression, ...]:
        """Return the expressions this one is computed from."""
        return ()

    def walk(self) -> Iterator[Expression]:
        """Yield this expression and everything below it, depth first."""
        yield self
        for operand in self.operands():
            yield from operand.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Variable(Expression):
    """A quantity, by its name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A number written in the function itself."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Expression):
    """One NumPy function applied to expressions; `name` is a value of `OPERATIONS`."""

    name: str
    arguments: tuple[Expression, ...]

    def operands(self) -> tuple[Expression, ...]:
        """Return the arguments of the operation."""
        return self.arguments


def record(function: Callable[..., Any], parameters: tuple[str, ...]) -> Expression:
    """Return what `function` does to quantities of the names `parameters`."""
    return _operand(function(*(Variable(name) for name in parameters)))


def _record(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Expression:
    try:
        name = OPERATIONS[function]
    except (KeyError, TypeError):
        allowed = ", ".join(sorted(set(OPERATIONS.values())))
        raise GraphError(
            f"a quantity may not use np.{function.__name__}; allowed: {allowed}"
        ) from None
    return Operation(name, tuple(_operand(argument) for argument in arguments))


def _operand(value: Any) -> Expression:
    if isinstance(value, Expression):
        return value
    number = np.asarray(value, dtype=np.float64)
    if number.ndim:
        raise GraphError("a quantity may not hold an array of constants: make it an input")
    return Constant(float(number))
