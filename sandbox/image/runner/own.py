"""The runner's own hold on what it uses of the library: code may replace it for itself, and the runner goes on."""

import sys
import types

PACKAGE = __package__ + "."
HELD = frozenset(
    "codecs contextlib errno faulthandler fcntl gc io json os pickle select signal socket stat struct threading time warnings".split()
)


class Own:
    """To be made before the user's first cell, when the runner's modules are there."""

    def __init__(self) -> None:
        self._modules = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(PACKAGE)}
        copies = {name: _copy(sys.modules[name]) for name in HELD}
        copies["os"].path = _copy(copies["os"].path)
        for module in self._modules.values():
            for name, value in vars(module).items():
                if type(value) is types.ModuleType and value.__name__ in HELD:
                    setattr(module, name, copies[value.__name__])

    def put_back(self) -> None:
        """The runner's modules, where code took them away: what is saved names functions in them."""
        sys.modules.update(self._modules)


def _copy(module: types.ModuleType) -> types.ModuleType:
    copy = types.ModuleType(module.__name__)
    vars(copy).update(vars(module))
    return copy
