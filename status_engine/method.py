"""What a method is: a value for each group, and what each piece has to do with it (design: status engine §3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Floats
from .pieces import Pieces
from .scale import Scale

Parameters = Mapping[str, Any]
"""By name; numbers, but `tie` is text. See `parameters.PARAMETERS`."""
Compute = Callable[[Pieces, Parameters, Scale], Floats]
Workings = Callable[[Pieces, Parameters, Scale], dict[str, object]]


@dataclass(frozen=True)
class Figure:
    """A number a method waits for before it gives meets, which an explanation shows as a condition.

    code: of the condition; needed: from the parameters; measure: -> float64[p], how much is there.
    """

    code: str
    needed: Callable[[Parameters], float]
    measure: Compute


@dataclass(frozen=True)
class Method:
    """value: -> float64[p], NaN where the pieces give none. shares: -> float64[k], each group's summing to 1 or 0.

    is_sum: the value is the sum of share x piece. Where it is not (a curve, a probability, a count), the shares are
    equal marks on the pieces the method looked at, and explanations say so. parameters: those it takes, `optional`
    ones may be left out. figure: what it waits for. workings: what else explains one group's value, by name.
    """

    value: Compute
    shares: Compute
    parameters: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    is_sum: bool = True
    figure: Figure | None = None
    workings: Workings | None = None

    @classmethod
    def of_shares(cls, shares: Compute, parameters: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> "Method":
        """A method that is nothing but its shares."""

        def value(pieces: Pieces, given: Parameters, scale: Scale) -> Floats:
            return np.add.reduceat(shares(pieces, given, scale) * pieces.value, pieces.start)

        return cls(value, shares, parameters, optional)


def looked_at(pieces: Pieces, parameters: Parameters, scale: Scale) -> Floats:
    """Equal marks on all pieces, for methods that look at all of them and add nothing up."""
    return pieces.spread(1.0 / pieces.count)
