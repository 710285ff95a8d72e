"""What a cell is told that wants a package which the sandbox does not have."""

import importlib.util
import os
import re

from IPython.core.error import UsageError

INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
_INSTALLS = re.compile(rf"\s*(?:python[\d.]*\s+-m\s+)?(?:{'|'.join(INSTALLERS)})\d?\s+(?:pip\s+)?(?:install|add)\b(.*)")


def register(shell) -> None:
    for name in INSTALLERS:
        shell.register_magic_function(_refuse, "line", name)
    # Without a network, `!pip install` fails at once instead of five times.
    os.environ["PIP_RETRIES"] = "0"


def hint(error: BaseException) -> str | None:
    """How to get the package that an import lacks; None where it lacks a part of one that is there."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    package = error.name.partition(".")[0]
    try:
        if importlib.util.find_spec(package) is not None:
            return None
    except (ImportError, ValueError):  # a module that the user's code has put there by hand
        return None
    if package == "sql":
        return 'SQL needs no extension: %%sql runs it, and sql("SELECT …") or %sql does in Python.'
    return f"The sandbox has no package {package}. {_ways(package)}"


def refuse_to_install(command: str) -> None:
    """`!pip install` would look for a network and then say that there is no such package."""
    found = _INSTALLS.match(command)
    if found is not None:
        _refuse(found[1])


def _refuse(line: str) -> None:
    names = [word for word in line.split() if not word.startswith("-") and word not in ("install", "add", "pip")]
    ways = _ways(" ".join(names) or "NAME")
    raise UsageError(f"The sandbox has no network, so nothing can be installed from here. {ways}")


def _ways(names: str) -> str:
    option = f"--with-packages {names!r}" if " " in names else f"--with-packages {names}"
    return f"To add it: node install.mjs {option} in the folder of Worldline, which %doctor names."
