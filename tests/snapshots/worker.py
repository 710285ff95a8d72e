"""A line-driven stand-in for the runner's zygote and its workers: one JSON request per line, one JSON answer."""

import builtins
import io
import json
import os
import sys
import time
import traceback
import types

import cgroup
import numpy  # noqa: F401  (imported ahead, as in the runner)
import pandas  # noqa: F401
from fingerprint import contents_of, fingerprint
from pyarrow import default_memory_pool
from snapshot import Snapshots, unchanged

NEXT_WORKER = 3
# On a busy machine, too: what is compared does not depend on how long it takes.
unchanged.SECONDS = 60


class Worker:
    def __init__(self, blobs):
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self.namespace = main.__dict__
        self.namespace.update({"__builtins__": builtins, "Out": {}})
        self.snapshots = Snapshots(self.namespace, blobs, cgroup.oom_kills, seconds=float(os.environ.get("PATIENCE", 60)))

    def run(self, code):
        output = io.StringIO()
        sys.stdout.write = output.write
        try:
            exec(compile(code, "cell", "exec"), self.namespace)
        finally:
            del sys.stdout.write
        return output.getvalue()

    def capture(self, directory, label, full=False, lazy=False):
        reader, writer = os.pipe()
        pending = self.snapshots.capture(
            directory, label, lambda said: os.write(writer, json.dumps(said).encode()), full=full, keep={writer}, lazy=lazy
        )
        if pending is None:
            os.close(writer)
            os.close(reader)
            return None
        pending.finish()
        os.close(writer)
        self.reader = reader
        return {"pause": pending.pause, "pid": pending.pid}

    def captured(self):
        said = os.read(self.reader, 4096)
        os.close(self.reader)
        return json.loads(said)

    def restore(self, manifest):
        return self.snapshots.restore(manifest)

    def fingerprint(self):
        return fingerprint(self.namespace)

    def contents(self):
        return contents_of(self.namespace)


class Cells(io.TextIOBase):
    """The worker's standard output, as user code sees it."""

    def write(self, text):
        return len(text)


def serve(blobs, requests, answers):
    sys.stdout = Cells()
    worker = Worker(blobs)
    for line in requests:
        request = json.loads(line)
        operation = request.pop("op")
        if operation == "fresh":
            os._exit(NEXT_WORKER)
        start = time.perf_counter()
        try:
            answer = {"value": getattr(worker, operation)(**request)}
        except BaseException:
            answer = {"error": traceback.format_exc()}
        answer["milliseconds"] = (time.perf_counter() - start) * 1000
        answers.write(json.dumps(answer).encode() + b"\n")
        default_memory_pool().release_unused()


def main():
    requests = os.fdopen(0, "rb", buffering=0, closefd=False)
    answers = os.fdopen(1, "wb", buffering=0, closefd=False)
    while True:
        pid = os.fork()
        if pid == 0:
            serve(sys.argv[1], requests, answers)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != NEXT_WORKER:
            break
        answers.write(b'{"value": null}\n')


main()
