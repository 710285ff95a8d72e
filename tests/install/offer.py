"""Runs the demo on a terminal, takes its offer of JupyterLab, and ends that as a person would. Prints what it saw as JSON."""
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pexpect

DEADLINE = 150


def opened(url):
    """The status of a page whose server says where it is a moment before it listens."""
    until = time.monotonic() + DEADLINE
    while True:
        try:
            return urllib.request.urlopen(url, timeout=60).status
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise


env = {**os.environ, "BROWSER": "echo the browser gets %s"}
env.pop("CI", None)
# What `npm run demo` runs: npm itself would end by the Ctrl-C, whatever its script makes of it.
demo = pexpect.spawn("node", ["install.mjs", "demo"], env=env, encoding="utf8", timeout=DEADLINE, dimensions=(50, 200))
demo.logfile_read = sys.stderr
demo.expect(re.escape("Open JupyterLab with the notebook? [Y/n]"))
demo.sendline("")
demo.expect(r"the browser gets file://(\S+)\s")
page = re.search(r'href="([^"]+)"', open(demo.match.group(1), encoding="utf8").read()).group(1)
status = opened(page)
demo.sendintr()
demo.expect("Shut down this Jupyter server")
demo.sendline("y")
demo.expect(pexpect.EOF)
demo.close()
print(json.dumps({"page": urllib.parse.urlparse(page).path, "status": status, "exit": demo.exitstatus, "signal": demo.signalstatus}))
