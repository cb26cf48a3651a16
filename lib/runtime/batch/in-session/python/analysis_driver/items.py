"""Works through the items of a spec, one by one."""

import hashlib
import io
import json
import os
import time

from . import item_run
from .item_interpreter import ItemInterpreter
from .places import HOME, INPUTS

_interpreter = None  # kept from call to call: its imports stay warm


def run(spec_text):
    """Works through the items and prints one line of JSON, behind the spec's marker."""
    spec = json.loads(spec_text)
    sources = _take_inputs(spec["items"])
    interpreter = _interpreter_for(spec["script"])
    archive = io.BytesIO()
    archive.write(b"\n")  # never empty: readFiles may answer an empty file with nothing
    done = []
    began = time.monotonic()
    for item in spec["items"]:
        left = spec["budgetSeconds"] - (time.monotonic() - began)
        if done and left < spec["timeoutSeconds"]:
            break  # the caller comes again for the rest
        record, contents = item_run.run_item(spec, item, sources[item["id"]], interpreter)
        _keep(record, contents, archive)
        done.append(record)
        if record.get("large"):
            break  # large outputs stay on disk until they are fetched, and no other item may see them
        if archive.tell() > spec["archiveBytes"]:
            break  # what comes back must fit into one answer of the service
    with open(os.path.join(HOME, "out.bin"), "wb") as out:
        out.write(archive.getbuffer())
    answer = json.dumps({"items": done})
    print(spec["marker"] + answer)
    return answer


def run_in_background(spec_path):
    """As a command of its own: what is to be done comes from a file, and the answer goes into one."""
    answer_path = os.path.join(HOME, "answer.json")
    if os.path.exists(answer_path):
        os.remove(answer_path)
    with open(spec_path, encoding="utf-8") as spec:
        answer = run(spec.read())
    # All of it or nothing: whoever reads it never sees half an answer.
    with open(answer_path + ".part", "w", encoding="utf-8") as target:
        target.write(answer)
    os.replace(answer_path + ".part", answer_path)
    _interpreter.stop()


def _interpreter_for(script):
    global _interpreter
    if _interpreter is not None and not _interpreter.runs(script):
        _interpreter.stop()
        _interpreter = None
    if _interpreter is None:
        _interpreter = ItemInterpreter(script)
    return _interpreter


def _take_inputs(items):
    """Reads the items' inputs into memory and removes them from the disk: no item sees another's."""
    sources = {}
    for item in items:
        if "inputFile" not in item:
            sources[item["id"]] = None
            continue
        path = os.path.join(INPUTS, item["inputFile"])
        with open(path, "rb") as source:
            sources[item["id"]] = source.read()
        os.remove(path)
    return sources


def _keep(record, contents, archive):
    """Puts what an item printed and wrote into the archive and notes where each part is."""
    for part, content in zip(record["parts"], contents):
        part["offset"] = archive.tell()
        part["sha256"] = hashlib.sha256(content).hexdigest()
        archive.write(content)
