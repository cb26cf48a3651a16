"""What is done once in a session, before its first item: files for all items are fetched, wheels installed, a script run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from .places import HOME, PACKAGES, SHARED, python_environment
from .transfer import fetch_files

PROGRAMS = {".py": [sys.executable], ".sh": ["/bin/sh"]}
DENO = ["deno", "run", "--quiet", "--no-prompt", "--allow-all"]  # for all other scripts
MAX_DETAIL = 20_000


def set_up(spec_text):
    """Prepares the shared folder and prints what failed, as one line of JSON behind the spec's marker."""
    spec = json.loads(spec_text)
    ends = time.monotonic() + spec["timeoutSeconds"]
    error = None
    try:
        _begin_shared()
        fetch_files(SHARED, spec["objects"], ends)
        _install_wheels(ends)
        if spec.get("script"):
            program = PROGRAMS.get(os.path.splitext(spec["script"])[1], DENO)
            _run_program(spec["script"], program + [spec["script"]], ends)
        _protect(SHARED)
    except (OSError, _ProgramFailed) as reason:
        error = {"message": str(reason)[:500], "detail": getattr(reason, "detail", "")[-MAX_DETAIL:]}
    print(spec["marker"] + json.dumps({"error": error} if error else {}))


class _ProgramFailed(Exception):
    def __init__(self, message, detail):
        super().__init__(message)
        self.detail = detail


def _begin_shared():
    """The folder as it came from outside: an earlier setup, whose caller crashed, left a protected one."""
    fresh = os.path.join(HOME, "shared")
    os.makedirs(fresh, exist_ok=True)
    shutil.rmtree(SHARED, ignore_errors=True)
    os.rename(fresh, SHARED)


def _install_wheels(ends):
    wheels = sorted(path for path in _files_below(SHARED) if path.endswith(".whl"))
    if wheels:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # Exactly these: what they depend on is in the session, or among them.
        _run_program("pip", pip + ["--no-index", "--no-deps", "--upgrade", "--target", PACKAGES] + wheels, ends)


def _run_program(name, command, ends):
    """Runs a program in the shared folder; a late one is ended, with all that it started."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command,
            cwd=SHARED,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=python_environment(),
        )
        try:
            code = child.wait(max(0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = None
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except OSError:
            pass
        child.wait()
        output.seek(max(0, output.seek(0, os.SEEK_END) - MAX_DETAIL))
        printed = output.read().decode("utf-8", "replace")
    if code is None:
        raise _ProgramFailed("%s exceeded the setup timeout and was killed" % name, printed)
    if code != 0:
        last = printed.strip().splitlines()[-1:] or ["it printed nothing"]
        raise _ProgramFailed("%s ended with exit code %d: %s" % (name, code, last[0]), printed)


def _protect(folder):
    """Against accidents only: items share the folder, and none should find what another has written over it."""
    for path in _files_below(folder):
        if not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode & ~0o222)


def _files_below(folder):
    return [os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names]
