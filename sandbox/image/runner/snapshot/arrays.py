"""Arrays: the owner of the memory goes out of band, and a view is rebuilt on its owner."""

import pickle
import sys

SMALL = 64 * 1024
"""Arrays below this many bytes travel inside the stream."""
PIECE = 4 * 1024 * 1024
"""Bytes of an array with gaps that are brought together at a time."""


def reduce_array(array):
    """How to rebuild a plain ndarray, or NotImplemented where numpy's own way will do."""
    root = _root(array)
    if root is not array:
        return _reduce_view(array, root)
    if array.dtype.hasobject or not array.nbytes or _flat(array) is None:
        return NotImplemented
    raw = _flat(array).view("u1")
    shape = (_name(array.dtype), array.shape, array.strides, array.flags.writeable)
    if array.nbytes < SMALL:
        return rebuild_small, (raw.tobytes(), *shape)
    return rebuild_array, (pickle.PickleBuffer(raw), *shape)


def rebuild_array(buffer, dtype, shape, strides, writeable):
    array = sys.modules["numpy"].ndarray(shape, dtype, buffer, 0, strides)
    if array.flags.writeable and not writeable:
        array.flags.writeable = False
    return array


def rebuild_small(buffer, dtype, shape, strides, writeable):
    array = sys.modules["numpy"].ndarray(shape, dtype, buffer, 0, strides).copy("K")
    array.flags.writeable = writeable
    return array


def rebuild_view(root, dtype, shape, strides, offset, writeable):
    flat = root if root.flags.c_contiguous else _flat(root)
    view = sys.modules["numpy"].ndarray(shape, dtype, flat, offset, strides)
    if view.flags.writeable and not writeable:
        view.flags.writeable = False
    return view


def repeats(array):
    """Whether it shows some of its memory more than once."""
    return array.nbytes > _root(array).nbytes


def pieces_of(array):
    """What an array holds: its order, and flat pieces of bytes."""
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        return "F", _pieces(array.T)
    return "C", _pieces(array)


def _pieces(array):
    if array.flags.c_contiguous:
        yield array.reshape(-1).view("u1")
    elif array.nbytes > PIECE * len(array):
        for part in array:
            yield from _pieces(part)
    else:
        step = PIECE * len(array) // array.nbytes
        for start in range(0, len(array), step):
            yield array[start : start + step].copy("C").reshape(-1).view("u1")


def _reduce_view(view, root):
    offset = view.ctypes.data - root.ctypes.data
    low = sum(stride * (length - 1) for stride, length in zip(view.strides, view.shape) if stride < 0)
    high = sum(stride * (length - 1) for stride, length in zip(view.strides, view.shape) if stride > 0)
    inside = 0 <= offset + low and offset + high + view.itemsize <= root.nbytes
    if not view.size or not inside or _flat(root) is None or view.dtype.hasobject != root.dtype.hasobject:
        return NotImplemented
    return rebuild_view, (root, _name(view.dtype), view.shape, view.strides, offset, view.flags.writeable)


def _root(array):
    """The array that a view looks into; the array itself where it owns its memory or borrows it from something else."""
    plain = type(array)
    root = array
    while True:
        base = root.base
        if type(base) is not plain and hasattr(base, "__array_interface__"):
            # as_strided and its kin put a small object between a view and its array.
            base = getattr(base, "base", None)
        if type(base) is not plain:
            return root
        root = base


def _flat(array):
    """All of an array's memory as one dimension, without a copy; None where it has gaps."""
    order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    straight = array.transpose(order)
    return straight.reshape(-1) if straight.flags.c_contiguous else None


def _name(dtype):
    """A text that gives the very same dtype where there is one, else the dtype."""
    return dtype.str if dtype.isbuiltin == 1 and dtype.metadata is None and dtype.fields is None else dtype
