"""Runs scripts with the plain interpreter, each in a folder of its own, and prints what came of them: the measure of all other ways.

Gets the path of a list of {"name", "path", "source", "command", "environment", "input", "item"}; answers with a line of JSON for each.
"""

import base64
import json
import os
import shutil
import subprocess
import sys

TIMEOUT_SECONDS = 60
OTHER_SCRIPTS = ("plain-script", ".analysis/script")


def main(list_path):
    with open(list_path, encoding="utf-8") as scripts:
        for script in json.load(scripts):
            print(json.dumps(run(script)), flush=True)


def run(script):
    # A script finds modules beside it: of an earlier script, neither way may see anything.
    for leftover in OTHER_SCRIPTS:
        shutil.rmtree(leftover, ignore_errors=True)
    os.makedirs(os.path.dirname(script["path"]))
    with open(script["path"], "w", encoding="utf-8") as target:
        target.write(script["source"])
    folder = os.path.abspath("plain-work/000001-input.csv")
    shutil.rmtree(os.path.dirname(folder), ignore_errors=True)
    os.makedirs(os.path.join(folder, "output"))
    for name, content in (("input.csv", script["input"]), ("item.json", script["item"])):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as target:
            target.write(content)
    with open("plain-stdout", "wb") as stdout, open("plain-stderr", "wb") as stderr:
        child = subprocess.Popen(
            script["command"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            env=dict(os.environ, **script["environment"]),
        )
        try:
            status = child.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            status = "late"
    try:
        os.killpg(child.pid, 9)
    except OSError:
        pass
    files = dict(files_below(os.path.join(folder, "output"), ""))
    shutil.rmtree(os.path.dirname(folder), ignore_errors=True)
    return {
        "name": script["name"],
        "status": status,
        "stdout": content_of("plain-stdout"),
        "stderr": content_of("plain-stderr"),
        "files": files,
    }


def files_below(folder, prefix):
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(entry.path, name + "/")
        elif entry.is_file(follow_symlinks=False):
            yield os.fsencode(name).decode("utf-8", "backslashreplace"), content_of(entry.path)


def content_of(path):
    if not os.access(path, os.R_OK):
        os.chmod(path, 0o600)
    with open(path, "rb") as source:
        return base64.b64encode(source.read()).decode()


if __name__ == "__main__":
    main(sys.argv[1])
