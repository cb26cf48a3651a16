import ctypes
print("about to die", flush=True)
ctypes.string_at(0)
