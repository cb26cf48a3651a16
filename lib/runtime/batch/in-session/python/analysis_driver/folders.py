"""Folders that are gone for certain, whatever an item made of them."""

import os
import shutil
import subprocess


def remove_folder(path):
    """Removes a folder: also one so deep that Python gives up, or whose rights were taken away."""
    for remove in (_remove, _remove_with_rights, _remove_by_program):
        if not os.path.lexists(path):
            return
        remove(path)
    if os.path.lexists(path):
        raise OSError("%s cannot be removed" % path)


def _remove(path):
    if os.path.islink(path) or not os.path.isdir(path):
        os.remove(path)
        return
    try:
        shutil.rmtree(path, ignore_errors=True)
    except RecursionError:
        pass


def _remove_with_rights(path):
    _give_rights(path)
    for parent, names, _ in os.walk(path):  # from the top down: what is given here opens the next
        for name in names:
            _give_rights(os.path.join(parent, name))
    _remove(path)


def _give_rights(path):
    try:
        if not os.path.islink(path):
            os.chmod(path, 0o700)
    except OSError:
        pass


def _remove_by_program(path):
    subprocess.run(["rm", "-rf", "--", path], stdin=subprocess.DEVNULL, capture_output=True, check=False)
