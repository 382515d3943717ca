"""Runs the `baremetal` command again and again in one process: its start is most of what a call costs.

Each line of stdin is a JSON list of arguments; each line of stdout is a JSON object with exit code and output.
"""
import contextlib
import io
import json
import sys

from ironicclient import shell
from pace import shorten_pauses

shorten_pauses()


def run(arguments):
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["baremetal", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = shell.main(arguments)
        except SystemExit as end:
            code = end.code or 0
    return {"code": int(code or 0), "out": out.getvalue(), "err": err.getvalue()}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
