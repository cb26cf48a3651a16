"""A backend of matplotlib that keeps what is shown, or left open, as PNG files beside this module, for the answer's content.

Chosen by MPLBACKEND for scripts, which run as processes of their own. A script that chooses another backend keeps nothing.
"""

import atexit
import os
import time

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

_FOLDER = os.path.dirname(os.path.abspath(__file__))

FigureCanvas = FigureCanvasAgg
FigureManager = FigureManagerBase


def show(*_arguments, **_options):
    """Keeps the open figures, in their order, and closes them, as a notebook does."""
    try:
        for manager in Gcf.get_all_fig_managers():
            # Sorted by their names, they are in the order in which they were shown, whichever process did.
            path = os.path.join(_FOLDER, "%020d-%d.png" % (time.time_ns(), os.getpid()))
            manager.canvas.figure.savefig(path, format="png", bbox_inches="tight")
    finally:
        Gcf.destroy_all()


# matplotlib's own function, which closes all figures, is registered before, so called after.
atexit.register(show)
