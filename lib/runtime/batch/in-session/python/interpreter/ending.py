"""What is seen of an item when its script has ended, from inside its interpreter: the error, and figures left open.

Everything that is needed is taken before the script runs, which may change any module, the working directory or the
streams. It runs between the script's last line and the functions that the script registered with `atexit`, once its
threads have ended.
"""

import atexit
import builtins
import gc
import io
import os
import sys
import threading

NOTES_DESCRIPTOR = 700  # far from those that programs count on
DPI = 110


def watch(notes_path, output):
    """Prepares for the end of this process; a fork of it has an end of its own, which is not watched."""
    process, getpid, register = os.getpid(), os.getpid, atexit.register
    notes = Notes(notes_path)
    save = FigureSaver(output, notes).save

    def at_end():
        if getpid() == process:
            # Registered last, it is called first: later, matplotlib closes all figures.
            register(finish)
        else:
            gc.unfreeze()

    def finish():
        if something_has_an_end():
            gc.unfreeze()
        error = getattr(sys, "last_value", None)
        if isinstance(error, KeyboardInterrupt):
            # Python ends by a signal then, unless any text is evaluated before: what follows would do that.
            notes.add("error", name="KeyboardInterrupt", message="")
            return
        describe_error(error, notes)
        save()

    # Called before threads are waited for; what `atexit` has is called after.
    threading._register_atexit(at_end)


def something_has_an_end():
    """Whether an object is left whose own end can be seen: a file that would be written, a generator that would go on.

    Only then is it worth the time to collect also what was imported before the item was forked, since the script may have
    hung such an object on it.
    """
    try:
        # Files, generators and coroutines of Python have a `__del__` as well.
        return any(hasattr(type(each), "__del__") and not is_closed_file(each) for each in gc.get_objects())
    except Exception:
        return True


def is_closed_file(each):
    return isinstance(each, io.IOBase) and each.closed


class Notes:
    """Lines for the driver, each a literal, in a file that only this process was given."""

    def __init__(self, path, open=os.open, dup2=os.dup2, close=os.close, fstat=os.fstat, write=os.write):
        opened = open(path, os.O_WRONLY | os.O_APPEND)
        try:
            self._descriptor = dup2(opened, NOTES_DESCRIPTOR, False)
            close(opened)
        except OSError:  # the session allows fewer descriptors
            self._descriptor = opened
        self._file = fstat(self._descriptor)
        self._fstat, self._write = fstat, write

    def add(self, kind, **facts):
        line = (ascii({"kind": kind, **facts}) + "\n").encode()
        try:
            # A script that closes all descriptors may have opened others under the same number.
            if os.path.samestat(self._fstat(self._descriptor), self._file):
                self._write(self._descriptor, line)
        except OSError:
            pass


def describe_error(error, notes):
    """Notes the exception that ended the script, as its author wants to read it."""
    if error is None:
        return
    try:
        import traceback

        detail = "".join(traceback.format_exception(type(error), error, getattr(sys, "last_traceback", None)))
        message = str(error)
    except Exception:
        return  # the driver takes what was printed
    notes.add("error", name=type(error).__name__, message=message[:2_000], detail=detail[-20_000:])


class FigureSaver:
    """Saves figures that the script left open in matplotlib, as PNG."""

    def __init__(self, output, notes):
        self._output, self._notes = output, notes
        self._open, self._write, self._close, self._makedirs = os.open, os.write, os.close, os.makedirs
        self._builtins = dict(vars(builtins))

    def save(self):
        helpers = sys.modules.get("matplotlib._pylab_helpers")
        if helpers is None:
            return
        managers = [helpers.Gcf.figs[number] for number in sorted(helpers.Gcf.figs)]
        theirs = dict(vars(builtins))
        vars(builtins).update(self._builtins)  # matplotlib needs `open` and the like as they were
        try:
            self._save_all(managers)
        finally:
            vars(builtins).update(theirs)

    def _save_all(self, managers):
        for count, manager in enumerate(managers, start=1):
            name = "figure-%d.png" % count
            try:
                self._put(name, self._draw(manager.canvas.figure, name))
            except Exception as error:
                self._notes.add("figureLost", file=name, reason="%s: %s" % (type(error).__name__, str(error)[:500]))

    def _draw(self, figure, name):
        import warnings
        from io import BytesIO

        drawn = BytesIO()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            figure.savefig(drawn, format="png", dpi=DPI, bbox_inches="tight")
        for warning in caught:
            self._notes.add("drawing", file=name, message=str(warning.message)[:500])
        return drawn.getvalue()

    def _put(self, name, content):
        self._makedirs(self._output, exist_ok=True)
        path = os.path.join(self._output, name)
        descriptor = self._open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
        try:
            while content:
                content = content[self._write(descriptor, content) :]
        finally:
            self._close(descriptor)
