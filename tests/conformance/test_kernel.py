"""jupyter_kernel_test against the installed kernel `worldline`: every test of the suite, and a skip is a failure."""

import sys
import unittest
from unittest.mock import patch

import jupyter_kernel_test

KERNEL = "worldline"
# The first Python cell of a machine may have to start a container.
TIMEOUT = 120


class WorldlineTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "worldline"
    file_extension = ".md"
    code_hello_world = '%%python\nprint("hello, world")'
    code_stderr = '%%python\nimport sys\nprint("careful", file=sys.stderr)'
    completion_samples = [
        {"text": "%tab", "matches": ["%tables"]},
        {"text": "%branch work --fr", "matches": ["--from"]},
    ]
    complete_code_samples = ["%tables", "how many rows are there?", "%%sql\nselect 1;", "%%python\nx = 1\n"]
    incomplete_code_samples = ["%%sql\nselect (1", "%%python\nif True:", "%%python\nx = '''"]
    invalid_code_samples = ["%%python\n)"]
    code_page_something = "%tables?"
    code_generate_error = "%%sql\nselect nothing_of_that_name"
    code_execute_result = [
        {"code": "%%python\n40+2", "result": "42"},
        {"code": "%%sql\nselect 7 as seven", "mime": "text/html"},
    ]
    code_display_data = [
        {
            "code": "%%python\nfrom IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))",
            "mime": "text/html",
        }
    ]
    code_history_pattern = "*40+2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "%tables"
    code_clear_output = "%%python\nfrom IPython.display import clear_output\nclear_output()"

    def execute_helper(self, code, timeout=TIMEOUT, **flags):
        """The suite waits a tenth of a second for a message after the reply, which may take longer on a busy machine."""
        channel = self.kc.iopub_channel
        get = channel.get_msg
        with patch.object(channel, "get_msg", lambda **_: get(timeout=TIMEOUT)):
            return super().execute_helper(code, timeout=timeout, **flags)


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    outcome = unittest.main(exit=False, verbosity=2).result
    for test, reason in outcome.skipped:
        print(f"SKIPPED, which counts as a failure: {test}: {reason}", file=sys.stderr)
    sys.exit(0 if outcome.wasSuccessful() and not outcome.skipped and outcome.testsRun > 0 else 1)
