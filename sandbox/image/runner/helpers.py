"""What cells find ready that asks the host: input(), getpass() and sql()."""

import builtins
import getpass
import sys
import threading
from collections import ChainMap
from collections.abc import Mapping

from IPython.core.error import StdinNotImplementedError
from IPython.core.magic import no_var_expand

from . import dataframes
from .channel import HostError


class SqlError(Exception):
    """The database did not run the SQL; the message says why."""


SqlError.__module__ = "builtins"


class Helpers:
    """`path` gives where a file of the host's is."""

    def __init__(self, shell, channel, output, path) -> None:
        self._shell, self._channel, self._output, self._path = shell, channel, output, path
        # Whether the front end that runs the cell takes input.
        self.takes_input = False
        # The names that SQL sees, which the code asks for now.
        self.scope: Mapping = shell.user_ns
        self._querying = threading.Lock()

    def offer(self) -> None:
        def ask(prompt: object = "", /) -> str:
            __tracebackhide__ = True
            return self._ask(str(prompt), False)

        def ask_password(prompt: str = "Password: ", stream=None) -> str:
            __tracebackhide__ = True
            return self._ask(str(prompt), True)

        def sql(query: str):
            """Runs SQL in the worldline's database and gives the result as a DataFrame."""
            __tracebackhide__ = True
            return self._query(query, sys._getframe(1))

        @no_var_expand
        def sql_line(line: str):
            """`%sql QUERY` or `%sql NAME << QUERY`: what `sql("QUERY")` gives."""
            __tracebackhide__ = True
            name, sign, query = line.partition("<<")
            if not sign or not name.strip().isidentifier():
                return sql(line)
            self._shell.user_ns[name.strip()] = sql(query)
            return None

        self._shell.register_magic_function(sql_line, "line", "sql")
        ask.__name__, ask.__doc__ = "input", builtins.input.__doc__
        builtins.input = ask
        getpass.getpass = ask_password
        builtins.sql = sql

    def _query(self, query: str, caller):
        __tracebackhide__ = True
        self._output.flush()
        # One at a time: the file of the answer stays until the next call.
        with self._querying:
            self.scope = ChainMap(caller.f_locals, caller.f_globals, self._shell.user_ns)
            try:
                path = self._channel.request("sql", query=str(query))
            except HostError as error:
                raise SqlError(str(error)) from None
            finally:
                self.scope = self._shell.user_ns
            return dataframes.read(self._path(path))

    def _ask(self, prompt: str, password: bool) -> str:
        __tracebackhide__ = True
        if not self.takes_input:
            raise StdinNotImplementedError(
                "input() is not available here: the front end that runs this cell takes no input."
            )
        self._output.flush()
        return str(self._channel.request("input", prompt=prompt, password=password))
