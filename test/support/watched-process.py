"""Runs a command, sends it signals at set times, and reports in JSON how it ended and which processes it left.

Usage: watched-process.py SIGNALS COMMAND [ARGUMENT...], where SIGNALS is a JSON list of [seconds, name] or
[seconds, name, text]. The seconds count from the signal before, or from when the text was printed.

Orphaned processes become children of this one (a Linux "subreaper"), so that none escapes the count, whatever session
or process group it has moved to.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
# What a killed process's own children may take to notice it.
GRACE_SECONDS = 1


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        return []
    return [each for child in children for each in (child, *descendants(child))]


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().replace("\0", " ")[:200]
    except OSError:
        return ""


def reap(but=None):
    for pid in descendants(os.getpid()):
        if pid != but:
            try:
                os.waitpid(pid, os.WNOHANG)
            except OSError:
                pass


def left_behind():
    end = time.monotonic() + GRACE_SECONDS
    while True:
        reap()
        left = [command for command in map(command_of, descendants(os.getpid())) if command]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def main():
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("this system has no subreapers")
    signals, command = json.loads(sys.argv[1]), sys.argv[2:]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = []
    since = time.monotonic()
    os.set_blocking(child.stdout.fileno(), False)
    last = None
    most = 0

    def drain():
        try:
            while chunk := os.read(child.stdout.fileno(), 65536):
                output.append(chunk)
        except BlockingIOError:
            pass

    while child.poll() is None:
        if signals and len(signals[0]) == 3:
            if signals[0][2].encode() in b"".join(output):
                signals[0].pop()
                since = time.monotonic()
        elif signals and time.monotonic() - since >= signals[0][0]:
            _, name = signals.pop(0)
            most = max(most, len(descendants(child.pid)))
            child.send_signal(getattr(signal, name))
            since = last = time.monotonic()
        drain()
        if last and time.monotonic() - last > 60:
            break
        time.sleep(0.01)
    ended = time.monotonic()
    left = left_behind()
    drain()
    for pid in descendants(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    json.dump(
        {
            "code": child.returncode,
            "seconds": ended - last if last else None,
            "left": left,
            "processes": most,
            "output": b"".join(output).decode("utf8", "replace"),
        },
        sys.stdout,
    )


main()
