"""Holds recorded messages against the validators of ipykernel's own message tests.

Takes the folder of ipykernel's source and a file of messages, one JSON object a line; prints a JSON object:
how many there were of each type, and what was found wrong. Their rules hold with these differences, where they say more
than the protocol does:
- `implementation_version` is IPython's there, which is 2.1 or later;
- the values of a MIME bundle are text there, while those of JSON types are JSON;
- they have no reference for an aborted execute, for errors of other requests, nor for some types: of those, the frame
  alone is checked.
"""

import json
import sys
from collections import Counter
from unittest.mock import MagicMock

# Their tests are decorated by it, and none of them runs here.
sys.modules["pytest"] = MagicMock()
sys.path.insert(0, sys.argv[1])
from tests import test_message_spec as spec  # noqa: E402
from traitlets import Unicode  # noqa: E402


class KernelInfoReply(spec.KernelInfoReply):
    implementation_version = Unicode()


class ReplyError(spec.ExecuteReplyError):
    pass


REFERENCES = {
    **spec.references,
    "kernel_info_reply": KernelInfoReply(),
    "update_display_data": spec.DisplayData(),
}


def as_text(content):
    data = content.get("data")
    if not isinstance(data, dict) or "metadata" not in content:
        return content
    is_json = lambda mime: mime == "application/json" or mime.endswith("+json")
    return {**content, "data": {k: json.dumps(v) if is_json(k) else v for k, v in data.items()}}


def reference(kind, content):
    if kind.endswith("_reply") and content.get("status") == "aborted":
        return spec.ExecuteReplyAborted()
    if kind.endswith("_reply") and kind != "execute_reply" and content.get("status") == "error":
        return ReplyError()
    return REFERENCES.get(kind)


def check(message):
    spec.RMessage().check(message)
    ref = reference(message["msg_type"], message["content"])
    if ref is not None:
        ref.check(as_text(message["content"]))


counts, problems = Counter(), []
with open(sys.argv[2], encoding="utf-8") as lines:
    for line in lines:
        message = json.loads(line)
        counts[message["msg_type"]] += 1
        try:
            check(message)
        except AssertionError as error:
            problems.append(f"{message['msg_type']}: {error}: {line[:500]}")
print(json.dumps({"counts": counts, "problems": problems}))
