"""Runs the items of a batch inside a code interpreter session.

The interpreter's kernel imports this file and calls `run(spec)`; for items that take longer than a request may, it is
run as a command with the path of a spec. Either starts one child, the zygote (this file run without arguments), which imports the libraries that the script uses once and forks a process for each item. So
imports stay warm, while an item has its own process, variables, folder and time limit, and what it breaks is its own.

At any time, only the running item's files are on disk: inputs are taken in and removed before the first item, outputs
are taken back before the next one.
"""

import hashlib
import io
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

HOME = os.path.dirname(os.path.abspath(__file__))  # <working directory>/.analysis
SHARED = os.path.join(os.path.dirname(HOME), "shared")  # what the set-up has left for all items
PACKAGES = os.path.join(SHARED, "python-packages")
# Libraries that are safe to import before a fork and slow enough to be worth it.
WARM = ("numpy", "pandas", "matplotlib", "scipy", "sklearn", "openpyxl", "duckdb")
STREAM_KEEP = 8 * 1024 * 1024  # of each end of what an item prints, in bytes
MOST_FILES = 1000


# ---------------------------------------------------------------- in the kernel

_zygote = None


def run(spec_text):
    """Works through the items of a spec and prints one line of JSON, behind the spec's marker."""
    spec = json.loads(spec_text)
    sources = _take_inputs(spec)
    archive = io.BytesIO()
    done = []
    began = time.monotonic()
    for item in spec["items"]:
        left = spec["budgetSeconds"] - (time.monotonic() - began)
        if done and left < spec["timeoutSeconds"]:
            break  # the caller comes again for the rest
        record, contents = _run_item(spec, item, sources[item["id"]])
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
    if _zygote is not None:
        _zygote.kill()


def set_up(spec_text):
    """Once in a session, before its first item: fetches objects, installs wheels, runs a script. Prints what failed."""
    spec = json.loads(spec_text)
    ends = time.monotonic() + spec["timeoutSeconds"]
    error = None
    try:
        _begin_shared()
        _fetch(SHARED, spec["objects"], ends)
        wheels = sorted(path for path in _files_below(SHARED) if path.endswith(".whl"))
        if wheels:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            # Exactly these: what they depend on is in the session, or among them.
            _run_program("pip", pip + ["--no-index", "--no-deps", "--upgrade", "--target", PACKAGES] + wheels, ends)
        if spec.get("script"):
            program = PROGRAMS.get(os.path.splitext(spec["script"])[1], DENO)
            _run_program(spec["script"], program + [spec["script"]], ends)
        _protect(SHARED)
    except (OSError, _ProgramFailed) as reason:
        error = {"message": str(reason)[:500], "detail": getattr(reason, "detail", "")[-20000:]}
    print(spec["marker"] + json.dumps({"error": error} if error else {}))


def _begin_shared():
    """The folder as it came from outside: an earlier set-up, whose caller crashed, has left a protected one."""
    fresh = os.path.join(HOME, "shared")
    os.makedirs(fresh, exist_ok=True)
    shutil.rmtree(SHARED, ignore_errors=True)
    os.rename(fresh, SHARED)


PROGRAMS = {".py": [sys.executable], ".sh": ["/bin/sh"]}
DENO = ["deno", "run", "--quiet", "--no-prompt", "--allow-all"]  # for all other scripts


class _ProgramFailed(Exception):
    def __init__(self, message, detail):
        super().__init__(message)
        self.detail = detail


def _run_program(name, command, ends):
    """Runs a program in the shared folder; one that is late is ended, with all that it has started."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command,
            cwd=SHARED,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=_environment(),
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
        output.seek(max(0, output.seek(0, os.SEEK_END) - 20000))
        printed = output.read().decode("utf-8", "replace")
    if code is None:
        raise _ProgramFailed("%s took longer than the set-up may and was ended" % name, printed)
    if code != 0:
        last = printed.strip().splitlines()[-1:] or ["it printed nothing"]
        raise _ProgramFailed("%s ended with exit code %d: %s" % (name, code, last[0]), printed)


def _environment():
    return dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [PACKAGES, os.environ.get("PYTHONPATH")])))


def _protect(folder):
    """Against accidents only: items share the folder, and none should find what another has written over it."""
    for path in _files_below(folder):
        if not os.path.islink(path):
            os.chmod(path, os.stat(path).st_mode & ~0o222)


def _files_below(folder):
    return [os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names]


def upload(urls_text):
    """Sends the large outputs of the last item to presigned URLs, then removes them."""
    for path, url in json.loads(urls_text).items():
        source = os.path.join(HOME, "large", *path.split("/"))
        _request(url, data=open(source, "rb"), size=os.path.getsize(source))
    shutil.rmtree(os.path.join(HOME, "large"), ignore_errors=True)


def _take_inputs(spec):
    """Reads the items' inputs into memory and removes them from the disk."""
    sources = {}
    for item in spec["items"]:
        if "inputFile" not in item:
            sources[item["id"]] = None
            continue
        path = os.path.join(HOME, "in", item["inputFile"])
        with open(path, "rb") as source:
            sources[item["id"]] = source.read()
        os.remove(path)
    return sources


def _keep(record, contents, archive):
    """Lays what an item printed and wrote into the archive and notes where each part is."""
    for part, content in zip(record["parts"], contents):
        part["offset"] = archive.tell()
        part["sha256"] = hashlib.sha256(content).hexdigest()
        archive.write(content)


def _run_item(spec, item, source):
    """One item through the zygote; a zygote that dies with it costs this item only."""
    global _zygote
    if _zygote is None or _zygote.poll() is not None:
        _zygote = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
    try:
        return _ask(_zygote, spec, item, source)
    except (OSError, ValueError, EOFError):
        _zygote.kill()
        _zygote.wait()
        _zygote = None
        return _failed(item, "ScriptFailed", "the script ended the process that runs the items"), []


def _ask(zygote, spec, item, source):
    request = {key: spec[key] for key in ("script", "timeoutSeconds", "largeBytes", "archiveBytes")}
    request.update(item=item, size=None if source is None else len(source))
    zygote.stdin.write(json.dumps(request).encode() + b"\n")
    if source is not None:
        zygote.stdin.write(source)
    zygote.stdin.flush()
    line = zygote.stdout.readline()
    if not line:
        raise EOFError
    record = json.loads(line)
    return record, [_read_exactly(zygote.stdout, part["bytes"]) for part in record["parts"]]


def _read_exactly(stream, size):
    content = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content


def _failed(item, name, message):
    return {"id": item["id"], "seconds": 0, "error": {"name": name, "message": message}, "parts": []}


def _fetch(folder, files, ends=math.inf):
    """Downloads files by their URLs, some at a time; the network of a session is known to stumble."""
    from concurrent.futures import ThreadPoolExecutor

    def fetch(file):
        _download(os.path.join(folder, *file["path"].split("/")), file["url"], ends=ends)

    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(fetch, files):
            pass


def _download(path, url, attempts=3, ends=math.inf):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for attempt in range(1, attempts + 1):
        try:
            left = max(1, min(600, ends - time.monotonic()))
            with _request(url, timeout=left) as answer, open(path, "wb") as target:
                for chunk in iter(lambda: answer.read1(1024 * 1024), b""):
                    target.write(chunk)
                    if time.monotonic() > ends:
                        raise OSError("the answer went on")
                whole = answer.headers.get("Content-Length", target.tell())
                if target.tell() != int(whole):  # a connection that closes early is an end like any other to urllib
                    raise OSError("the answer ended after %d of %s bytes" % (target.tell(), whole))
            return
        except OSError as error:
            if time.monotonic() > ends:
                raise OSError("%s could not be fetched in the time that there was" % os.path.basename(path)) from error
            refused = 400 <= getattr(error, "code", 500) < 500
            if attempt == attempts or refused:
                raise OSError("%s could not be fetched: %s" % (os.path.basename(path), error)) from error
            time.sleep(attempt)


def _request(url, data=None, size=None, timeout=600):
    import urllib.request

    request = urllib.request.Request(url, data=data, method="GET" if data is None else "PUT")
    if size is not None:
        request.add_header("Content-Length", str(size))
        request.add_header("Content-Type", "application/octet-stream")
    return urllib.request.urlopen(request, timeout=timeout)


# ---------------------------------------------------------------- in the zygote


def serve():
    """Reads one request after the other, until the kernel is gone."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Neither imports nor items may write into the protocol.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    warmed = False
    for line in requests:
        request = json.loads(line)
        source = None if request["size"] is None else _read_exactly(requests, request["size"])
        if not warmed:
            _warm(request["script"])
            warmed = True
        record, contents = _work(request, source, (requests, answers))
        answers.write(json.dumps(record).encode() + b"\n")
        for content in contents:
            answers.write(content)
        answers.flush()


def _warm(script):
    import ast

    try:
        with open(os.path.join(HOME, script), "rb") as source:
            tree = ast.parse(source.read())
    except SyntaxError:
        return  # the item says so, with the place
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    os.environ["MPLBACKEND"] = "Agg"
    for name in sorted(names):
        if name.split(".")[0] in WARM:
            try:
                __import__(name)
            except Exception:
                pass  # the item meets the same error, and shows it


def _work(request, source, protocol):
    item = request["item"]
    # A folder of a name of its own, so that nothing is left in a path to stumble upon.
    folder = os.path.join(os.path.dirname(HOME), "work", item["id"])
    shutil.rmtree(os.path.dirname(folder), ignore_errors=True)
    shutil.rmtree(os.path.join(HOME, "large"), ignore_errors=True)
    os.makedirs(os.path.join(folder, "output"))
    try:
        try:
            _lay_out(folder, item, source)
        except OSError as error:
            return _failed(item, "InputUnreadable", "the input could not be fetched: %s" % error), []
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as verdict:
            record = _run_process(request, folder, (stdout, stderr, verdict), protocol)
            printed = [_ends(record, "stdout", stdout), _ends(record, "stderr", stderr)]
        return record, printed + _collect(record, os.path.join(folder, "output"), request)
    finally:
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)


def _lay_out(folder, item, source):
    path = os.path.join(folder, item["input"])
    with open(path, "wb") as target:
        if source is not None:
            target.write(source)
    if source is None:
        _download(path, item["url"])
    if "files" in item:
        _fetch(folder, item["files"])
    with open(os.path.join(folder, "item.json"), "w", encoding="utf-8") as target:
        facts = {"id": item["id"], "input": item["input"], "parameters": item["parameters"], "output": "output"}
        if os.path.isdir(SHARED):
            facts["shared"] = SHARED
        json.dump(facts, target, ensure_ascii=False, indent=2)


def _run_process(request, folder, streams, protocol):
    item, (stdout, stderr, verdict) = request["item"], streams
    began = time.monotonic()
    started_at = time.time()
    pid = os.fork()
    if pid == 0:
        _become_item(request, folder, streams, protocol)  # never returns
    timed_out = not _ended_within(pid, request["timeoutSeconds"])
    try:
        os.killpg(pid, signal.SIGKILL)  # the item, if it is late; and whatever it left running
    except OSError:
        pass
    _, status, usage = os.wait4(pid, 0)
    verdict.seek(0)
    told = verdict.read()
    record = {
        "id": item["id"],
        "startedAt": started_at,
        "seconds": round(time.monotonic() - began, 3),
        "cpuSeconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peakMemoryBytes": usage.ru_maxrss * 1024,
        "exitCode": os.waitstatus_to_exitcode(status),
        "parts": [],
    }
    if timed_out:
        message = "ran longer than its timeout of %g seconds and was ended" % request["timeoutSeconds"]
        record["error"] = {"name": "TimedOut", "message": message}
    elif told:
        record["error"] = json.loads(told)
    elif record["exitCode"] < 0:
        number = -record["exitCode"]
        record["error"] = {"name": "ScriptFailed", "message": "ended by signal %s" % signal.Signals(number).name}
    elif record["exitCode"] > 0:
        record["error"] = {"name": "ScriptFailed", "message": "exit code %d" % record["exitCode"]}
    return record


def _ended_within(pid, seconds):
    end = time.monotonic() + seconds
    pause = 0.001
    while time.monotonic() < end:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    return False


def _ends(record, kind, stream):
    """What was printed; of very long output both ends."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    content = stream.read(STREAM_KEEP)
    if size > 2 * STREAM_KEEP:
        content += b"\n[... %d bytes left out ...]\n" % (size - 2 * STREAM_KEEP)
        stream.seek(-STREAM_KEEP, os.SEEK_END)
    content += stream.read(STREAM_KEEP)
    record["parts"].append({"kind": kind, "bytes": len(content), "printed": size})
    return content


def _collect(record, folder, limits):
    """The regular files below the output folder; links are not followed."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found.append((os.path.relpath(path, folder).replace(os.sep, "/"), path, os.path.getsize(path)))
    contents, total = [], 0
    for relative, path, size in found[:MOST_FILES]:
        if size > limits["largeBytes"] or total + size > limits["archiveBytes"]:
            target = os.path.join(HOME, "large", *relative.split("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.move(path, target)
            record.setdefault("large", []).append({"path": relative, "bytes": size})
        else:
            with open(path, "rb") as source:
                content = source.read()
            record["parts"].append({"kind": "file", "path": relative, "bytes": len(content)})
            contents.append(content)
            total += len(content)
    if len(found) > MOST_FILES:
        record["filesLeftOut"] = len(found) - MOST_FILES
    return contents


# ---------------------------------------------------------------- in the item's process


def _become_item(request, folder, streams, protocol):
    code = 1
    try:
        os.setsid()
        stdout, stderr, verdict = streams
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        for stream in protocol:
            os.close(stream.fileno())
        sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1)
        os.chdir(folder)
        os.environ["MPLBACKEND"] = "Agg"
        error = _execute(os.path.join(HOME, request["script"]))
        code = 0 if error is None else error.pop("exitCode", 1)
        if error is not None:
            verdict.write(json.dumps(error).encode())
            verdict.flush()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # of this file, not of the script
        streams[2].write(json.dumps({"name": "ScriptFailed", "message": traceback.format_exc()}).encode())
        streams[2].flush()
    finally:
        os._exit(code if 0 <= code <= 255 else 1)


def _execute(script):
    """The script as __main__; what stopped it, if anything did."""
    import types

    main = types.ModuleType("__main__")
    main.__file__ = script
    sys.modules["__main__"] = main
    sys.argv = [script]
    sys.path[0] = os.getcwd()
    try:
        with open(script, "rb") as source:
            code = compile(source.read(), script, "exec")
        exec(code, main.__dict__)
        _save_figures()
    except SystemExit as stop:
        if stop.code in (None, 0):
            _save_figures()
            return None
        exit_code = stop.code if isinstance(stop.code, int) else 1
        message = "exit code %d" % exit_code if isinstance(stop.code, int) else str(stop.code)
        return {"name": "ScriptFailed", "message": message, "exitCode": exit_code}
    except BaseException as error:
        return _told(error, script)
    return None


def _save_figures():
    """Figures that the script left open are results too."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for count, number in enumerate(pyplot.get_fignums(), start=1):
        pyplot.figure(number).savefig(os.path.join("output", "figure-%d.png" % count), dpi=110, bbox_inches="tight")


def _told(error, script):
    """An exception as the script's author wants to read it: from the script on, without this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != script:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    detail = "".join(lines).replace(HOME + os.sep, "")
    message = " ".join(str(error).split())[:500]
    name = type(error).__name__
    return {"name": "ScriptFailed", "message": "%s: %s" % (name, message) if message else name, "detail": detail[-20000:]}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_in_background(sys.argv[1])
    else:
        serve()
