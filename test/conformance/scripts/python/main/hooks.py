import sys
print(len(sys.meta_path), len(sys.path_hooks), sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__)
print(sys.gettrace(), sys.getprofile(), sys.breakpointhook is sys.__breakpointhook__)
