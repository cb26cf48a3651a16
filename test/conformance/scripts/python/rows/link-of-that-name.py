import os
open("real.json", "w").write('{"a": 1}')
os.symlink("../real.json", "output/result.json")
