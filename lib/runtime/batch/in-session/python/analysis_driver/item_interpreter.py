"""The interpreter that items are forked from, seen from the driver: see interpreter/sitecustomize.py for its other side."""

import ctypes
import marshal
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

from .places import ARCHIVE, HOME, SCRIPTS, python_environment
from .warm_imports import warm_imports

PR_SET_CHILD_SUBREAPER = 36
# How long the interpreter may take beyond an item's own time: to start, and to answer once the item has ended.
START_SECONDS = 60
ANSWER_SECONDS = 15


class InterpreterLost(Exception):
    """The item ended the process that it was forked from, or keeps it from answering."""


class ItemInterpreter:
    """Starts `python3 script.py` on demand, and has it fork a process for each item."""

    def __init__(self, script):
        self._path = os.path.join(SCRIPTS, script)
        # An item may write over either: they are put back before they are used again.
        with open(self._path, "rb") as source:
            self._script = source.read()
        with open(ARCHIVE, "rb") as archive:
            self._archive = archive.read()
        self._process = None

    def runs(self, script):
        """Whether this is the interpreter of the script as it now lies there."""
        path = os.path.join(SCRIPTS, script)
        if path != self._path:
            return False
        with open(path, "rb") as source:
            return source.read() == self._script

    def run(self, folder, streams, timeout):
        """Runs an item in a folder and tells how it ended. The streams are paths of empty files."""
        _put_back(self._path, self._script)
        if self._process is None or self._process.poll() is not None:
            self._start()
        request = {"folder": folder, "timeoutSeconds": timeout, **streams}
        item = None
        try:
            self._send(request)
            item = self._receive(ANSWER_SECONDS)
            return self._receive(timeout + ANSWER_SECONDS)
        except (OSError, EOFError, ValueError, TypeError) as error:
            self.stop()
            if isinstance(item, int):
                _kill_group(item)
            raise InterpreterLost() from error

    def stop(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            os.close(self._requests)
            os.close(self._answers)
            self._process = None

    def _start(self):
        """With the script's first imports done; without, if they cannot be kept: see `import_warm`."""
        imports = warm_imports(self._path)
        if self._start_with(imports):
            return
        self.stop()
        self._start_with([])

    def _start_with(self, imports):
        if self._process is not None:
            self.stop()
        _put_back(ARCHIVE, self._archive)
        reader, self._requests = os.pipe()
        self._answers, writer = os.pipe()
        environment = python_environment()
        path = environment.get("PYTHONPATH")
        if path is not None:
            environment["_ANALYSIS_PYTHONPATH"] = path
        hook = os.path.join(ARCHIVE, "interpreter")
        environment["PYTHONPATH"] = hook if path is None else hook + os.pathsep + path
        environment["_ANALYSIS_CHANNEL"] = "%d,%d" % (reader, writer)
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            self._process = subprocess.Popen(
                [sys.executable, self._path],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=HOME,
                env=environment,
                pass_fds=(reader, writer),
                start_new_session=True,
                preexec_fn=_adopt_orphans,
            )
        os.close(reader)
        os.close(writer)
        try:
            self._send(imports)
            return self._receive(START_SECONDS)
        except (OSError, EOFError, ValueError, TypeError):
            return False  # a library ended the process, or hangs, as it will the items that import it

    def _send(self, message):
        content = marshal.dumps(message)
        while content:
            content = content[os.write(self._requests, content) :]

    def _receive(self, seconds):
        ends = time.monotonic() + seconds
        size = int.from_bytes(self._read(4, ends), "little")
        return marshal.loads(self._read(size, ends))

    def _read(self, size, ends):
        content = b""
        while len(content) < size:
            ready, _, _ = select.select([self._answers], [], [], max(0, ends - time.monotonic()))
            part = os.read(self._answers, size - len(content)) if ready else b""
            if not part:
                raise EOFError
            content += part
        return content


def _put_back(path, content):
    """Makes sure that a file is what it was when the driver read it."""
    if _content(path) == content:
        return
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    fresh = tempfile.mkdtemp(dir=HOME)
    with open(os.path.join(fresh, "file"), "wb") as target:
        target.write(content)
    if os.path.lexists(os.path.dirname(path)) and not os.path.isdir(os.path.dirname(path)):
        os.remove(os.path.dirname(path))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.replace(os.path.join(fresh, "file"), path)
    os.rmdir(fresh)


def _content(path):
    """What a regular file holds; nothing of anything else, which might never end."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source:
            return source.read() if stat.S_ISREG(os.fstat(source.fileno()).st_mode) else None
    except OSError:
        return None


def _adopt_orphans():
    """Gives the interpreter what items leave running, so that it can end it."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (AttributeError, OSError):
        pass  # not Linux: there, an item's process group is all that is ended


def _kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
