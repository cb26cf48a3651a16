"""Where things are in the session."""

import os

ARCHIVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # this driver: a ZIP archive that Python runs
HOME = os.path.dirname(ARCHIVE)  # <working directory>/.analysis
WORK = os.path.join(os.path.dirname(HOME), "work")  # the folder of the item that runs
SHARED = os.path.join(os.path.dirname(HOME), "shared")  # what the setup left for all items
PACKAGES = os.path.join(SHARED, "python-packages")
SCRIPTS = os.path.join(HOME, "script")  # holds the script alone, so that it can import nothing of ours
INPUTS = os.path.join(HOME, "in")
LARGE = os.path.join(HOME, "large")  # outputs that are uploaded one by one


def python_environment():
    """The environment of the session, with the packages of the setup."""
    paths = filter(None, [PACKAGES if os.path.isdir(PACKAGES) else None, os.environ.get("PYTHONPATH")])
    environment = dict(os.environ, MPLBACKEND="Agg", PYTHONPATH=os.pathsep.join(paths))
    if not environment["PYTHONPATH"]:
        del environment["PYTHONPATH"]
    return environment
