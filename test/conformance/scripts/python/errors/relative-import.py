from .helpers import something
