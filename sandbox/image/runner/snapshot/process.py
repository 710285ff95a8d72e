"""What a process has besides its variables, and code can tell: random generators, the working directory, the environment."""

import contextlib
import os
import sys


class ProcessState:
    """To be made before the user's first cell: what was so from the start is not carried."""

    def __init__(self):
        self._folder = os.getcwd()
        self._environment = dict(os.environ)

    def take(self):
        """What differs, as a value to pickle. To be called before a fork, which seeds one of the generators anew."""
        state = {}
        if (random := sys.modules.get("random")) is not None:
            state["random"] = random.getstate()
        if (random := sys.modules.get("numpy.random")) is not None:
            state["numpy"] = random.get_state()
        environment = dict(os.environ)
        if environment != self._environment:
            names = sorted(environment.keys() | self._environment.keys())
            state["environment"] = {
                name: environment.get(name) for name in names if environment.get(name) != self._environment.get(name)
            }
        with contextlib.suppress(OSError):  # a folder that is gone
            if (folder := os.getcwd()) != self._folder:
                inside = folder.startswith(self._folder + os.sep)
                # The workspace of another worldline has another path.
                state["folder"] = os.path.relpath(folder, self._folder) if inside else folder
        return state

    def give_back(self, state):
        """Makes this process, which is a fresh one, what the other was."""
        if "random" in state:
            sys.modules["random"].setstate(state["random"])
        if "numpy" in state:
            sys.modules["numpy.random"].set_state(state["numpy"])
        for name, value in state.get("environment", {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if "folder" in state:
            with contextlib.suppress(OSError):
                os.chdir(os.path.join(self._folder, state["folder"]))
