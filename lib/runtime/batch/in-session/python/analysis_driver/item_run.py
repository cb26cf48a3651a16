"""One item: its folder, its process, and the record of what came of it."""

import ast
import json
import os
import re
import signal
import tempfile

from .folders import remove_folder
from .item_interpreter import InterpreterLost
from .outputs import take_files, take_stream, warn, warn_of_files_outside
from .places import HOME, LARGE, SHARED, WORK
from .transfer import download, fetch_files

MAX_MESSAGE = 500
MAX_DETAIL = 20_000
GLYPH_MISSING = re.compile(r"Glyph \d+ \(.*?\) missing from (?:current )?font.*")


def run_item(spec, item, source, interpreter):
    """The item's record, and the contents of its parts."""
    # A folder of a name of its own, so that nothing is left in a path to stumble upon.
    folder = os.path.join(WORK, item["id"])
    try:
        remove_folder(WORK)
        remove_folder(LARGE)
        os.makedirs(os.path.join(folder, "output"))
        try:
            own = _lay_out(folder, item, source)
        except OSError as error:
            return failed(item, "InputUnreadable", "the input could not be fetched: %s" % error), []
        return _run(spec, item, folder, own, interpreter)
    except Exception as error:  # whatever an item did to make this fail, the others go on
        reason = "%s: %s" % (type(error).__name__, str(error)[:MAX_MESSAGE])
        return failed(item, "OutputUnreadable", "what the item left could not be taken in: %s" % reason), []
    finally:
        try:
            remove_folder(WORK)
        except OSError:
            pass  # the next item reports it


def failed(item, name, message):
    return {
        "id": item["id"],
        "seconds": 0,
        "error": {"name": name, "message": message},
        "parts": [],
        "warnings": [],
    }


def _lay_out(folder, item, source):
    """Writes the item's files. Returns the names that are not the script's doing."""
    path = os.path.join(folder, item["input"])
    if source is None:
        download(path, item["url"])
    else:
        with open(path, "wb") as target:
            target.write(source)
    fetch_files(folder, item.get("files", []))
    with open(os.path.join(folder, "item.json"), "w", encoding="utf-8") as target:
        target.write(describe_item(item))
    return frozenset(os.listdir(folder))


def describe_item(item):
    """The text of item.json. The parameters are taken over as they came: every digit of a number stays."""
    facts = {"id": item["id"], "input": item["input"], "output": "output"}
    if os.path.isdir(SHARED):
        facts["shared"] = SHARED
    members = ['"%s": %s' % (name, json.dumps(value, ensure_ascii=False)) for name, value in facts.items()]
    members.insert(2, '"parameters": %s' % item["parameters"])
    return "{\n  %s\n}" % ",\n  ".join(members)


def _run(spec, item, folder, own, interpreter):
    with tempfile.TemporaryDirectory(dir=HOME) as private:
        streams = {name: os.path.join(private, name) for name in ("stdout", "stderr", "notes")}
        for path in streams.values():
            open(path, "wb").close()
        try:
            outcome = interpreter.run(folder, streams, spec["timeoutSeconds"])
        except InterpreterLost:
            return failed(item, "ScriptFailed", "the script ended the process that runs the items"), []
        record = {"id": item["id"], "parts": [], "warnings": []}
        timed_out = outcome.pop("timedOut")
        record.update(outcome)
        contents = [take_stream(record, kind, streams[kind]) for kind in ("stdout", "stderr")]
        notes = _read_notes(streams["notes"])
    printed = contents[1].decode("utf-8", "replace")
    error = _error(record["exitCode"], timed_out, spec["timeoutSeconds"], notes, printed)
    if error is not None:
        record["error"] = error
    _warn_of_figures(record, notes, printed)
    warn_of_files_outside(record, folder, own)
    limits = {
        "maxPathBytes": item["maxPathBytes"],
        "largeBytes": spec["largeBytes"],
        "archiveBytes": spec["archiveBytes"],
    }
    return record, contents + take_files(record, os.path.join(folder, "output"), limits)


def _read_notes(path):
    """What the item's process noted at its end. It comes from where the script ran: what does not fit is left out."""
    notes = []
    with open(path, "rb") as lines:
        for line in lines.read(1_000_000).splitlines():
            try:
                note = ast.literal_eval(line.decode("ascii"))
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(note, dict) and all(isinstance(value, str) for value in note.values()):
                notes.append(note)
    return notes


def _error(code, timed_out, seconds, notes, printed):
    """Why the item failed, if it did."""
    if timed_out:
        message = "exceeded its %g s timeout and was killed" % seconds
        return {"name": "TimedOut", "message": message}
    if code == 0:
        return None
    for note in notes:
        if note.get("kind") == "error":
            detail = note.get("detail", "").replace(HOME + os.sep + "script" + os.sep, "")
            return _script_failed(_exception_line(note), detail)
    last = printed.strip().splitlines()[-1:]
    if code < 0:
        return _script_failed("ended by signal %s" % _signal_name(-code))
    if code == 1 and last:
        return _script_failed("exit code 1: %s" % last[0])
    return _script_failed("exit code %d" % code)


def _script_failed(message, detail=None):
    error = {"name": "ScriptFailed", "message": message[:MAX_MESSAGE]}
    if detail:
        error["detail"] = detail[-MAX_DETAIL:]
    return error


def _exception_line(note):
    name, message = note.get("name", ""), " ".join(note.get("message", "").split())
    return "%s: %s" % (name, message) if message else name


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _warn_of_figures(record, notes, printed):
    missing = [note["message"] for note in notes if note.get("kind") == "drawing" and "message" in note]
    glyphs = {match.group() for text in missing + [printed] for match in GLYPH_MISSING.finditer(text)}
    if glyphs:
        more = " and %d more" % (len(glyphs) - 1) if len(glyphs) > 1 else ""
        warn(record, "GlyphsMissing", "a chart lacks letters that its font does not have: %s%s" % (min(glyphs), more))
    for note in notes:
        if note.get("kind") == "figureLost":
            warn(record, "FigureLost", "%s could not be drawn: %s" % (note.get("file"), note.get("reason")))
