import threading
threading.Timer(0.2, print, ["rang"]).start()
print("set")
