"""Times Kishu at what the bench of worldlines times of ours: a checkpoint after a cell, and going back to the one before.

    python kishuPeer.py MEGABYTES

In an empty folder. Prints JSON: the milliseconds of checkpoints after one value of a DataFrame was changed, what each stored in
MB, and the milliseconds of checkouts.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["ENV_KISHU_TEST_MODE"] = "true"

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from kishu.jupyterint import KishuForJupyter
from kishu.notebook_id import NotebookId

ROUNDS = 3


def measure(megabytes: int) -> dict:
    path = Path(f"{megabytes}.ipynb").absolute()
    metadata = {"kishu": {"notebook_id": str(megabytes), "session_count": 1}}
    nbformat.write(nbformat.v4.new_notebook(metadata=metadata), path)
    shell = InteractiveShell()
    kishu = KishuForJupyter(NotebookId(key=str(megabytes), path=path, kernel_id="bench"), ip=shell)
    kishu.set_session_id(1)
    commits, checkpoints, stored = [], [], []

    def cell(code: str) -> float:
        """Runs a cell, and gives the milliseconds that its checkpoint took."""
        kishu.pre_run_cell(None)
        result = shell.run_cell(code)
        result.raise_error()
        started = time.perf_counter()
        kishu.post_run_cell(result)
        took = (time.perf_counter() - started) * 1000
        commits.append(kishu._kishu_branch.get_head().commit_id)
        return took

    cell("import numpy as np, pandas as pd")
    cell(f"x = pd.DataFrame(np.random.default_rng(0).random(({megabytes} * 12_500, 10)))")
    database = kishu.database_path()
    for number in range(1, ROUNDS + 1):
        size = os.path.getsize(database)
        checkpoints.append(cell(f"x.iloc[{number} * 10, 3] = {number}"))
        stored.append((os.path.getsize(database) - size) / 1e6)
    checkouts = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        kishu.checkout(commits[-2 + number % 2], skip_notebook=True)
        checkouts.append((time.perf_counter() - started) * 1000)
    return {"checkpoints": checkpoints, "stored": stored, "checkouts": checkouts}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
