import faulthandler
faulthandler._fatal_error_c_thread if False else None
import ctypes
ctypes.pythonapi.Py_FatalError(b"on purpose")
