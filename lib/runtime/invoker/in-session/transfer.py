"""Moves files between a code interpreter session and S3, by presigned URLs, and tells what files there are.

Run as `python3 .invoker/transfer.py SPEC MARKER` in the session's working directory. SPEC is a JSON file that holds one
of `fetch`, `survey`, `send` and `read`; the answer is one line of JSON behind the marker. Needs nothing but Python itself.
Everything here may run twice with the same outcome.
"""

import base64
import hashlib
import json
import os
import re
import stat
import sys
import unicodedata
import time
import urllib.error
import urllib.request

HOME = ".invoker"
PIECE = 1024 * 1024  # bytes that are held at once
ATTEMPTS = 4
TIMEOUT = 120  # seconds without a byte
LINK = "it is a link, or in a folder that is one: links are not followed"


def fetch(files):
    """Writes each file from its URL; a file is there whole or not at all."""
    return [_each(file, _fetch_one) for file in files]


def _fetch_one(file):
    partial = os.path.join(HOME, "partial-%d" % os.getpid())
    digest, size = hashlib.sha256(), 0
    with urllib.request.urlopen(file["url"], timeout=TIMEOUT) as answer, open(partial, "wb") as target:
        for piece in iter(lambda: answer.read(PIECE), b""):
            digest.update(piece)
            target.write(piece)
            size += len(piece)
    if size != file["bytes"]:
        raise OSError("got %d of %d bytes" % (size, file["bytes"]))
    if os.path.dirname(file["path"]):
        os.makedirs(os.path.dirname(file["path"]), exist_ok=True)
    os.replace(partial, file["path"])
    return {"bytes": size, "sha256": digest.hexdigest()}


def send(files):
    """Sends each file to its URL. The headers hold its hash, so that S3 refuses what has changed since."""
    return [_each(file, _send_one) for file in files]


def _send_one(file):
    with _open(file["path"]) as source:
        request = urllib.request.Request(file["url"], data=source, method="PUT", headers=file["headers"])
        request.add_header("Content-Length", str(os.fstat(source.fileno()).st_size))
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return {}


def _each(file, work):
    """What broke on the way is tried again; a refusal is not. No URL is ever told: it is a permission."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return dict(work(file), path=file["path"])
        except urllib.error.HTTPError as error:
            reason, final = "HTTP status %d%s" % (error.code, _code_in(error)), error.code < 500
        except urllib.error.URLError as error:
            reason, final = str(error.reason), False
        except OSError as error:
            reason, final = error.strerror or str(error), error.filename is not None
        if final or attempt == ATTEMPTS:
            break
        time.sleep(0.2 * 2**attempt)
    return {"path": file["path"], "error": reason}


def _code_in(error):
    """S3's name for a refusal, without its message, which may repeat parts of the URL."""
    try:
        found = re.search(rb"<Code>(\w{1,100})</Code>", error.read(10000))
    except OSError:
        return ""
    return ", " + found.group(1).decode() if found else ""


def survey(patterns):
    """The regular files that the patterns name, each with its size and hash; links are not followed."""
    found, missing, left_out, everything = {}, [], 0, None
    for pattern in patterns["patterns"]:
        kind = _kind(pattern["path"])
        if kind == "link":
            found[pattern["path"]] = {"path": pattern["path"], "error": LINK}
            continue
        if kind == "file":
            names = [pattern["path"]]  # a name with a "*" in it, or just a name
        else:
            everything = list(_walk()) if everything is None else everything
            expression = re.compile(pattern["expression"], re.DOTALL)
            names = [name for name in everything if expression.fullmatch(unicodedata.normalize("NFC", name))]
        if not names:
            missing.append(pattern["path"])
        for name in names:
            if name not in found and len(found) >= patterns["most"]:
                left_out += 1
            elif name not in found:
                found[name] = _facts(name)
    return {"files": list(found.values()), "missing": missing, "leftOut": left_out}


def _walk():
    for parent, folders, names in os.walk("."):
        folders[:] = sorted(name for name in folders if parent != "." or name != HOME)
        for name in sorted(names):
            path = os.path.join(parent, name)[2:]
            if _kind(path) == "file" and _is_text(path):
                yield path


def _kind(path):
    """"file" for a regular file; "link" for a link and for what is in a folder that is one; None for anything else."""
    mode, at = 0, ""
    for part in path.split("/"):
        at = os.path.join(at, part)
        try:
            mode = os.lstat(at).st_mode
        except OSError:
            return None
        if stat.S_ISLNK(mode):
            return "link"
    return "file" if stat.S_ISREG(mode) else None


def _open(path):
    """Opens a regular file folder by folder: what has become a link since it was found is not followed either."""
    *folders, name = path.split("/")
    parent = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            child = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
            os.close(parent)
            parent = child
        # A pipe instead of a file must not be waited for.
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
    finally:
        os.close(parent)
    source = os.fdopen(file, "rb")
    if not stat.S_ISREG(os.fstat(file).st_mode):
        source.close()
        raise OSError("it is not a regular file")
    return source


def _is_text(path):
    try:
        path.encode("utf-8")
        return True
    except UnicodeEncodeError:
        return False


def _facts(path):
    try:
        digest, size = hashlib.sha256(), 0
        with _open(path) as source:
            for piece in iter(lambda: source.read(PIECE), b""):
                digest.update(piece)
                size += len(piece)
        return {"path": path, "bytes": size, "sha256": digest.hexdigest()}
    except OSError as error:
        return {"path": path, "error": error.strerror or str(error)}


def read(files):
    """Parts of files that may be growing, or may not be there yet."""
    return [_read_one(file) for file in files]


def _read_one(file):
    try:
        with open(file["path"], "rb") as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(file["offset"])
            content = source.read(file["most"])
        return {"path": file["path"], "bytes": size, "base64": base64.b64encode(content).decode()}
    except FileNotFoundError:
        return {"path": file["path"], "bytes": 0, "base64": ""}


def main(spec_path, marker):
    try:
        with open(spec_path, encoding="utf-8") as source:
            spec = json.load(source)
        os.remove(spec_path)  # it holds URLs
    except FileNotFoundError:
        print(marker + json.dumps({"again": True}))  # an earlier attempt has taken it, and its answer was lost
        return
    answer = {name: globals()[name](spec[name]) for name in ("fetch", "survey", "send", "read") if name in spec}
    print(marker + json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
