"""The driver as a command: works through the items of the spec whose path it is given, in the background."""

import sys

from analysis_driver.items import run_in_background

if __name__ == "__main__":
    run_in_background(sys.argv[1])
