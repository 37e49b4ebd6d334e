"""The size of a router's state."""

import io
import pickle
from types import GeneratorType
from typing import Any

from camus_core.router import Router


class _Pickler(pickle.Pickler):
    """A pickler that writes a generator, which can't be pickled, as its local variables."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, GeneratorType):
            return NotImplemented
        frame = value.gi_frame
        return (dict, ((list(frame.f_locals.items()) if frame is not None else []),))


def weight_of(router: Router) -> int:
    """Return the number of bytes that a router's state takes as a pickle."""
    written = io.BytesIO()
    _Pickler(written).dump(router)
    return written.tell()
