"""Array types and the two helpers that keep columns nobody filled in free of cost."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Masks = npt.NDArray[np.int16]
Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)


def is_constant(column: npt.NDArray[Scalar]) -> bool:
    """Whether one stored value stands for every row (a column filled in by default), known without reading it."""
    return column.size > 0 and column.strides == (0,)


def take(column: npt.NDArray[Scalar], index: Ints | None) -> npt.NDArray[Scalar]:
    """`column[index]`; None means all rows as they stand. Constant columns stay constant and views stay views."""
    if index is None:
        return column
    if is_constant(column):
        return np.broadcast_to(column[0], index.shape)
    return column[index]


def compose(outer: Ints | None, inner: Ints | None) -> Ints | None:
    """The index that does `take(take(column, outer), inner)` in one go."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    return outer[inner]


def group_starts(group: Ints) -> Ints:
    """First row of each run of equal ids. group: int64[n], equal ids adjacent."""
    if not len(group):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))


def filled(value: npt.ArrayLike, dtype: type[Scalar], like: Ints) -> npt.NDArray[Scalar]:
    """A column as long as `like`; one value stands for every row at no cost in memory."""
    return np.broadcast_to(np.asarray(value, dtype), like.shape)
