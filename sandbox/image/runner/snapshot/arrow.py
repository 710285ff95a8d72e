"""Arrays of pandas that hold Arrow's memory: it goes as it lies, where pandas would bring it together in a copy first."""

import sys

from .arrays import SMALL


def holds_arrow(kind):
    """Whether this is one of the types of pandas with a chunked array of Arrow's inside."""
    arrays = sys.modules.get("pandas.core.arrays")
    return arrays is not None and (kind is arrays.ArrowStringArray or kind is arrays.ArrowExtensionArray)


def reduce_arrow(array):
    chunks = array._pa_array
    if not _lies_well(chunks):
        return NotImplemented
    # What pandas saves of it but the copy.
    like = object.__new__(type(array))
    vars(like).update(vars(array), _pa_array=_Pieces(chunks.chunks))
    return like.__reduce_ex__(5)


def _lies_well(chunks):
    """In few pieces, and not as a small part of somebody else's memory."""
    size = chunks.nbytes
    return SMALL * max(chunks.num_chunks, 1) <= size and chunks.get_total_buffer_size() <= 2 * size


class _Pieces:
    """In the place of a chunked array; for making it again, a list of its chunks is as good as one array."""

    def __init__(self, chunks):
        self._chunks = chunks

    def combine_chunks(self):
        return self._chunks
