"""Runs a command on a terminal of its own: types each line of stdin (JSON: {"when": text, "type": text}), prints what the screen showed."""
import json
import os
import pty
import sys

steps = [json.loads(line) for line in sys.stdin]
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
screen = ""
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    screen += chunk.decode("utf8", "replace")
    while steps and steps[0]["when"] in screen:
        os.write(terminal, steps.pop(0)["type"].encode())
_, status = os.waitpid(child, 0)
print(json.dumps({"screen": screen, "code": os.waitstatus_to_exitcode(status), "left": len(steps)}))
