import os
for name in ("write", "open", "close", "fstat", "getpid"):
    setattr(os, name, None)
print("replaced")
