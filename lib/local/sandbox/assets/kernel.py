"""The Python of a session: one IPython shell whose state lives across executions.

Runs inside the sandbox. Requests and answers are frames on file descriptor 3 (see frames.ts); what user code prints
goes to file descriptors 1 and 2, which the agent has pointed at files and reads when the answer has come.
"""

import base64
import importlib.abc
import importlib.machinery
import io
import json
import os
import signal
import socket
import struct
import sys
import warnings

MAX_IMAGE_BYTES = 10_000_000

# What people import first of what the service's sessions have and a local Python may lack.
ONLY_IN_THE_SERVICE = {
    "bs4", "boto3", "botocore", "cv2", "duckdb", "flask", "nltk", "numpy", "openpyxl", "pandas", "PIL", "plotly", "pyarrow",
    "pydantic", "requests", "scipy", "seaborn", "sklearn", "spacy", "statsmodels", "sympy", "torch", "xgboost",
}  # fmt: skip
MISSING_HERE = (
    "Note of the local emulator: the service's sessions have {name}, this Python ({python}) has not. "
    "Install it there, or name another interpreter in AGENTCORE_LOCAL_PYTHON."
)


class Channel:
    """Frames over the socket that the agent handed us: two big-endian lengths, a JSON header, a binary tail."""

    def __init__(self, descriptor):
        os.set_inheritable(descriptor, False)
        self._socket = socket.socket(fileno=descriptor)
        self._reader = self._socket.makefile("rb")

    def receive(self):
        lengths = self._reader.read(8)
        if len(lengths) < 8:
            return None
        header_length, tail_length = struct.unpack(">II", lengths)
        header = json.loads(self._reader.read(header_length))
        return header, self._reader.read(tail_length)

    def send(self, header):
        data = json.dumps(header).encode()
        self._socket.sendall(struct.pack(">II", len(data), 0) + data)


class FigureHook(importlib.abc.MetaPathFinder):
    """Makes `plt.show()` hand over the open figures, as a notebook does. Only in this process: child processes keep plain Agg."""

    NAME = "matplotlib.pyplot"

    def __init__(self, publish):
        self._publish = publish

    def find_spec(self, name, path, target=None):
        if name != self.NAME:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module
        owner = os.getpid()

        def exec_module(module):
            run(module)
            self._patch(module, owner)

        spec.loader.exec_module = exec_module
        return spec

    def _patch(self, pyplot, owner):
        def show(*_arguments, **_options):
            if os.getpid() != owner:
                return
            for number in pyplot.get_fignums():
                target = io.BytesIO()
                pyplot.figure(number).savefig(target, format="png", bbox_inches="tight")
                self._publish("image/png", target.getvalue())
            pyplot.close("all")

        pyplot.show = show


def make_shell(images):
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    def publish(mime_type, data):
        if len(data) <= MAX_IMAGE_BYTES:
            images.append({"mimeType": mime_type, "data": base64.b64encode(data).decode()})

    def publish_bundle(bundle):
        for mime_type in ("image/png", "image/jpeg"):
            if mime_type in bundle:
                data = bundle[mime_type]
                publish(mime_type, base64.b64decode(data) if isinstance(data, str) else data)
                return True
        return False

    class Displayed(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_options):
            if not publish_bundle(data) and "text/plain" in data:
                print(data["text/plain"])

    class LastExpression(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            if not publish_bundle(format_dict):
                print(format_dict.get("text/plain", ""))

        def finish_displayhook(self):
            sys.stdout.flush()

    class Shell(InteractiveShell):
        display_pub_class = Displayed
        displayhook_class = LastExpression

        def _showtraceback(self, etype, evalue, stb):
            print(self.InteractiveTB.stb2text(stb), file=sys.stderr)
            if isinstance(evalue, ModuleNotFoundError) and evalue.name in ONLY_IN_THE_SERVICE:
                print(MISSING_HERE.format(name=evalue.name, python=sys.executable), file=sys.stderr)

        def enable_gui(self, gui=None):
            pass

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ast_node_interactivity = "last_expr"
    shell = Shell.instance(config=config)
    # Figures and pictures travel as PNG; text/plain is always there.
    shell.display_formatter.active_types = ["text/plain", "image/png", "image/jpeg"]
    sys.meta_path.insert(0, FigureHook(publish))
    return shell


def exit_code(result):
    """What a process would have ended with: 0, or 1 for an exception, or the code given to sys.exit."""
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        return error.code if isinstance(error.code, int) else 1
    return 1


def run(shell, images, code, clear):
    images.clear()
    if clear:
        shell.reset(new_session=True)
    with warnings.catch_warnings():
        # IPython's advice about `exit` is for a person at a terminal.
        warnings.filterwarnings("ignore", message="To exit: use")
        result = shell.run_cell(code, store_history=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    return exit_code(result)


def serve(channel, shell, images):
    owner = os.getpid()
    while True:
        try:
            message = channel.receive()
        except KeyboardInterrupt:
            continue
        if message is None:
            return
        header, tail = message
        if header["op"] == "environment":
            os.environ.update(header["variables"])
            continue
        # Late interrupts, meant for the execution before, must not hit this one's bookkeeping.
        try:
            code = run(shell, images, tail.decode("utf-8", "replace"), header.get("clear", False))
        except KeyboardInterrupt:
            print("KeyboardInterrupt", file=sys.stderr)
            code = 1
        if os.getpid() != owner:
            # User code forked and the child came back out of the cell: it must not speak on our channel.
            os._exit(code & 0xFF)
        channel.send({"id": header["id"], "exitCode": code, "images": images})


def main():
    channel = Channel(3)
    sys.argv = [""]
    sys.path[0] = ""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    images = []
    try:
        shell = make_shell(images)
    except ImportError as error:
        channel.send({"failed": f"{sys.executable} cannot import IPython: {error}"})
        return
    shell.run_cell("pass", store_history=False)
    channel.send({"ready": True})
    serve(channel, shell, images)


main()
