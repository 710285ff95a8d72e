"""Notebooks like nbclient's own, run by nbclient with the installed kernel `worldline`."""

import asyncio
import sys
import unittest

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

# The first Python cell of a machine may have to start a container.
TIMEOUT = 120
KERNELSPEC = {"name": "worldline", "display_name": "Worldline"}


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})


def client(nb, **options):
    return NotebookClient(nb, kernel_name="worldline", **{"timeout": TIMEOUT, **options})


def run(*sources, **options):
    nb = notebook(*sources)
    client(nb, **options).execute()
    return nb.cells


def text(output):
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", ""))


def printed(cell):
    """What a cell printed may come in several messages."""
    return "".join(text(output) for output in cell.outputs)


class NbclientTests(unittest.TestCase):
    def test_clear_output(self):
        shown = "%%python\nfrom IPython.display import clear_output\n"
        cells = run(
            shown + "print('gone')\nclear_output()\nprint('kept')",
            shown + "print('gone')\nclear_output(wait=True)\nprint('kept')",
            shown + "print('kept')\nclear_output(wait=True)",
        )
        self.assertEqual([printed(cell) for cell in cells], ["kept\n"] * 3)

    def test_update_display_id(self):
        cells = run(
            "%%python\nfrom IPython.display import display\nh = display('first', display_id='x')\ndisplay('other')",
            "%%python\n_ = display('second', display_id='x')",
            "%%python\nh.update('third')",
        )
        self.assertEqual([text(out) for out in cells[0].outputs], ["'third'", "'other'"])
        self.assertEqual([text(out) for out in cells[1].outputs], ["'third'"])
        self.assertEqual(cells[2].outputs, [])

    def test_interrupt_by_timeout(self):
        endless = "%%python\nwhile True: pass"
        nb = notebook("%%python\nprint('started')", endless, "%%python\nprint('on')")

        def patience(cell):
            return 3 if cell.source == endless else TIMEOUT

        client(nb, timeout_func=patience, interrupt_on_timeout=True, allow_errors=True).execute()
        self.assertEqual(nb.cells[1].outputs[-1].output_type, "error")
        self.assertEqual(printed(nb.cells[2]), "on\n")

    def test_timeout_without_interrupt(self):
        with self.assertRaises(CellTimeoutError):
            run("%%python\nwhile True: pass", timeout=1)

    def test_parallel(self):
        books = [notebook(f"%%python\nprint({n})", f"%%sql\nselect {n} as n") for n in range(2)]

        async def all_at_once():
            await asyncio.gather(*(client(nb).async_execute() for nb in books))

        asyncio.run(all_at_once())
        for n, nb in enumerate(books):
            self.assertEqual(printed(nb.cells[0]), f"{n}\n")
            self.assertIn(str(n), text(nb.cells[1].outputs[0]))

    def test_stdin_is_refused(self):
        with self.assertRaises(CellExecutionError) as caught:
            run("%%python\ninput('name?')")
        self.assertNotIn("Timeout", caught.exception.ename)

    def test_error_stops_the_notebook(self):
        nb = notebook("%%sql\nselect nothing_of_that_name", "%%sql\nselect 1")
        with self.assertRaises(CellExecutionError):
            client(nb).execute()
        self.assertEqual(nb.cells[0].outputs[0].output_type, "error")
        self.assertEqual(nb.cells[1].outputs, [])

    def test_skip_exceptions(self):
        nb = notebook("%%python\n1/0", "%%python\nprint('on')")
        nb.cells[0].metadata["tags"] = ["raises-exception"]
        client(nb).execute()
        self.assertEqual(nb.cells[0].outputs[0].ename, "ZeroDivisionError")
        self.assertEqual(printed(nb.cells[1]), "on\n")

    def test_counts_and_timing(self):
        cells = run("%%sql\nselect 1", "%%sql\nselect 2")
        self.assertEqual([cell.execution_count for cell in cells], [1, 2])
        times = cells[0].metadata["execution"]
        self.assertIn("shell.execute_reply", times)
        self.assertIn("iopub.status.idle", times)


class CurveTests(unittest.TestCase):
    def test_jupyter_client_over_encrypted_sockets(self):
        manager = KernelManager(kernel_name="worldline", transport_encryption="required")
        manager.start_kernel()
        kernel = manager.client()
        try:
            kernel.start_channels()
            kernel.wait_for_ready(timeout=TIMEOUT)
            reply = kernel.execute_interactive("%%sql\nselect 1", timeout=TIMEOUT, output_hook=lambda _: None)
            self.assertEqual(reply["content"]["status"], "ok")
            self.assertIsNotNone(manager.curve_publickey)
        finally:
            kernel.stop_channels()
            manager.shutdown_kernel()


if __name__ == "__main__":
    outcome = unittest.main(exit=False, verbosity=2).result
    sys.exit(0 if outcome.wasSuccessful() and not outcome.skipped and outcome.testsRun > 0 else 1)
