"""Runs the items of a batch inside a code interpreter session.

The interpreter's kernel imports this package and calls `run`; for items that take longer than a request may, the archive
is run as a command. Both work through the items one by one: an item's files are on the disk only while it runs, and what
it leaves is its own outcome, whatever it is.
"""

from .items import run
from .shared_folder import set_up
from .transfer import upload

__all__ = ["run", "set_up", "upload"]
