"""What an item leaves: what it printed, the files in its output folder, and what has to be said of them."""

import json
import os
import shutil
import stat

from .places import LARGE

MAX_FILES = 1000
MAX_FILE_BYTES = 5 * 1024**3  # what S3 takes in one request
MAX_LISTED = 5  # names in a message
STREAM_KEEP = 8 * 1024 * 1024  # of each end of what an item prints, in bytes


def take_stream(record, kind, path):
    """What was printed; of very long output both ends."""
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        content = stream.read(STREAM_KEEP)
        left = size - 2 * STREAM_KEEP
        if left > 0:
            content += b"\n[... %d bytes left out ...]\n" % left
            stream.seek(-STREAM_KEEP, os.SEEK_END)
            warn(record, "OutputCut", "%s: %d of %d bytes were left out of the middle" % (kind, left, size))
        content += stream.read(STREAM_KEEP)
    record["parts"].append({"kind": kind, "bytes": len(content), "printed": size})
    return content


def warn(record, code, message):
    record["warnings"].append({"code": code, "message": message})


def take_files(record, folder, limits):
    """The contents of the output files. Large ones are moved to where they are uploaded from, one by one.

    What cannot be brought back fails the item, with its name and the reason; the other files are kept.
    """
    found, special, problems = _find(folder, limits["maxPathBytes"])
    if special:
        warn(record, "SpecialFiles", "not kept, since they are no regular files: %s" % _listed(special))
    if len(found) > MAX_FILES:
        problems.append(
            "output/ has %d files, more than the %d that an item may leave; write an archive instead"
            % (len(found), MAX_FILES)
        )
    contents, total = [], 0
    for relative, path, size in found[:MAX_FILES]:
        try:
            if size > limits["largeBytes"] or total + size > limits["archiveBytes"]:
                _set_aside(relative, path)
                record.setdefault("large", []).append({"path": relative, "bytes": size})
                continue
            content = _read(path, size)
        except OSError as error:
            problems.append("output/%s: it cannot be read: %s" % (_shown(relative), error.strerror or error))
            continue
        record["parts"].append({"kind": "file", "path": relative, "bytes": len(content)})
        contents.append(content)
        total += len(content)
    if problems and "error" not in record:
        record["error"] = {"name": "OutputUnreadable", "message": _listed(sorted(problems))}
    return contents


def _find(folder, max_path_bytes):
    """Regular files as (path in the folder, path, size), sorted; what else there is; and what is wrong with names."""
    found, special, problems = [], [], []
    folders = [(folder, "")]
    while folders:
        parent, prefix = folders.pop()
        try:
            with os.scandir(parent) as scanned:
                entries = list(scanned)
        except FileNotFoundError:
            continue  # the script has removed its output folder: it leaves nothing
        except OSError as error:
            problems.append("output/%s: the folder cannot be read: %s" % (_shown(prefix), error.strerror))
            continue
        for entry in entries:
            relative = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append((entry.path, relative + "/"))
            elif not entry.is_file(follow_symlinks=False):
                special.append("output/%s (%s)" % (_shown(relative), _kind(entry)))
            else:
                problem, size = _examine(entry, relative, max_path_bytes)
                if problem is None:
                    found.append((relative, entry.path, size))
                else:
                    problems.append("output/%s: %s" % (_shown(relative), problem))
    return sorted(found), sorted(special), problems


def _examine(entry, relative, max_path_bytes):
    """Why a file cannot become an object in S3, if it cannot; and its size."""
    try:
        length = len(relative.encode("utf-8"))
        size = entry.stat(follow_symlinks=False).st_size
    except UnicodeEncodeError:
        return "the name is not UTF-8", 0
    except OSError as error:
        return "it cannot be read: %s" % error.strerror, 0
    if length > max_path_bytes:
        return "the path has %d bytes, more than the %d that its key in S3 has room for" % (length, max_path_bytes), 0
    if size > MAX_FILE_BYTES:
        return "it has %d bytes, more than the %d of a single upload" % (size, MAX_FILE_BYTES), 0
    return None, size


def _read(path, size):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        os.chmod(path, 0o600)  # whoever takes rights away from a file does not mean it to be lost
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as source:
        return source.read(size)


def _set_aside(relative, path):
    target = os.path.join(LARGE, *relative.split("/"))
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.move(path, target)


def _kind(entry):
    if entry.is_symlink():
        return "link"
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return "special file"
    for kind, is_kind in (("named pipe", stat.S_ISFIFO), ("socket", stat.S_ISSOCK)):
        if is_kind(mode):
            return kind
    return "device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "special file"


def warn_of_files_outside(record, folder, own):
    """Files that the script left beside output/ are not results; the result warns of them."""
    try:
        outside = sorted(_shown(name) for name in os.listdir(folder) if name not in own)
    except OSError:
        return
    if outside:
        warn(record, "FilesOutsideOutput", "left outside output/, and not kept: %s" % _listed(outside))


def _listed(names):
    more = len(names) - MAX_LISTED
    return ", ".join(names[:MAX_LISTED]) + (" and %d more" % more if more > 0 else "")


def _shown(name):
    """A name as text that can be printed, and not too long: what is not UTF-8 or not printable in escapes."""
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    shown = "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in shown)
    return shown if len(shown) <= 120 else "%s...%s" % (shown[:60], shown[-50:])
