import sys
print([name for name in ("sitecustomize", "usercustomize", "ending", "analysis_driver") if name in sys.modules])
