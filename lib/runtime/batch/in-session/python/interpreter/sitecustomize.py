"""Makes `python3 script.py` a process that forks items, each of which goes on to be exactly that process.

An interpreter imports `sitecustomize` as the last step of its own start, before it looks at the script. With this folder on
its path it stays here: it imports what the script begins with, then forks whenever it is asked to. A fork returns, and its
interpreter goes on as any other: it opens the script, runs it as `__main__`, and ends in its own way. No code of ours is
on its stack.

Beside `threading`, only modules that every interpreter has loaded by now are used: a script finds none that it did not import.
"""

import gc
import marshal
import os
import sys
import time

CHANNEL = "_ANALYSIS_CHANNEL"
SIGKILL = 9
CLEANUP_SECONDS = 1


def fork_items(requests, answers):
    """Forks an item for each request. Returns in the item, with its request; never here."""
    while True:
        try:
            request = marshal.load(requests)
        except EOFError:
            os._exit(0)
        began = time.monotonic()
        started_at = time.time()
        pid = os.fork()
        if pid == 0:
            requests.close()
            answers.close()
            return request
        answer(answers, pid)
        timed_out = not ended_within(pid, request["timeoutSeconds"])
        seconds = time.monotonic() - began
        kill_group(pid)  # the item, if it is late, and what it left running
        _, status, usage = os.wait4(pid, 0)
        end_orphans()
        outcome = {
            "timedOut": timed_out,
            "exitCode": os.waitstatus_to_exitcode(status),
            "startedAt": started_at,
            "seconds": round(seconds, 3),
            "cpuSeconds": round(usage.ru_utime + usage.ru_stime, 3),
            "peakMemoryBytes": usage.ru_maxrss * 1024,
        }
        answer(answers, outcome)


def answer(answers, message):
    content = marshal.dumps(message)
    answers.write(len(content).to_bytes(4, "little") + content)
    answers.flush()


def ended_within(pid, seconds):
    end = time.monotonic() + seconds
    pause = 0.001
    while time.monotonic() < end:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
        time.sleep(pause)
        pause = min(pause * 1.2, 0.05)
    return False


def kill_group(pid):
    try:
        os.killpg(pid, SIGKILL)
    except OSError:
        pass


def end_orphans():
    """Ends what left the item's process group: it became ours, since orphans are given to this process."""
    end = time.monotonic() + CLEANUP_SECONDS
    while time.monotonic() < end:
        for pid in children():
            try:
                os.kill(pid, SIGKILL)
            except OSError:
                pass
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.001)
        except ChildProcessError:
            return


def children():
    try:
        with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as listed:
            return [int(pid) for pid in listed.read().split()]
    except OSError:
        return []  # a system without this list: the process group is all that can be ended


def import_warm(imports):
    """Runs the script's first imports. Whether they can be kept: not if one fails, prints, or leaves a thread."""
    try:
        for module, names in imports:
            __import__(module, {}, {}, names)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        printed = any(os.fstat(descriptor).st_size for descriptor in (1, 2))
        threading = sys.modules.get("threading")
        return not printed and (threading is None or threading.active_count() == 1)
    except Exception:
        return False


def begin_item(request):
    """Gives the forked process what it would have had, had it been started for this item alone."""
    os.setsid()
    for path, descriptor in ((request["stdout"], 1), (request["stderr"], 2)):
        opened = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(request["folder"])
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()  # or all items would draw the same numbers; Python's own generator sees to that itself
    ending = sys.modules.pop("ending")
    ending.watch(request["notes"], os.path.join(request["folder"], "output"))


def leave():
    """Goes out of the way: the session's own `sitecustomize`, if it has one, is what the script finds."""
    folder = os.path.dirname(__file__)
    watched_path = os.environ.get("_ANALYSIS_PYTHONPATH")
    if watched_path is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = os.environ.pop("_ANALYSIS_PYTHONPATH")
    sys.path[:] = [path for path in sys.path if path != folder]
    sys.path_importer_cache.pop(folder, None)
    del sys.modules["sitecustomize"]


def main():
    request_descriptor, answer_descriptor = (int(number) for number in os.environ.pop(CHANNEL).split(","))
    requests, answers = open(request_descriptor, "rb"), open(answer_descriptor, "wb")
    for descriptor in (request_descriptor, answer_descriptor):
        os.set_inheritable(descriptor, False)
    import ending  # noqa: F401 - now, and not once for each item

    kept = import_warm(marshal.load(requests))
    # An item need not look through what was imported before it: that takes longer than the rest of its end. See `ending`.
    gc.freeze()
    answer(answers, kept)
    begin_item(fork_items(requests, answers))
    leave()


main()
import sitecustomize  # noqa: E402,F401 - the session's own; where there is none, Python expects this very error
