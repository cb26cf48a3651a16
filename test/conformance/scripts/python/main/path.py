import os
import sys
print(os.path.dirname(os.path.abspath(__file__)) == sys.path[0], len(sys.path))
print([entry for entry in sys.path + list(sys.path_importer_cache) if ".pyz" in entry])
