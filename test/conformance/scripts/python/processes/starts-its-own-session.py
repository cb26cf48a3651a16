import os
try:
    os.setsid()
    print("made a session")
except PermissionError as error:
    print("leads one already:", error)
