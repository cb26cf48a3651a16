import os
import sys
print(os.path.dirname(os.path.abspath(__file__)) == sys.path[0], [name for name in sys.path if "zip" in name or "analysis" in name][:1] == sys.path[:1] or "clean")
