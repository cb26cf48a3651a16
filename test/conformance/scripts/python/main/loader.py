print(type(__loader__).__name__, __builtins__.__name__)
