"""Which imports of a script may run before its items are forked, so that each item finds them done."""

import ast
import importlib.machinery
import os
import sys

from .places import PACKAGES

# Beside Python's own: slow enough to be worth it, and safe to fork once imported. None starts threads of Python, and the
# native ones that some start (OpenBLAS) are known to survive a fork.
LIBRARIES = frozenset(("numpy", "pandas", "matplotlib", "scipy", "sklearn", "openpyxl", "duckdb"))


def warm_imports(path):
    """The imports that the script begins with, as arguments of `__import__`, up to anything that could change what they do."""
    with open(path, "rb") as source:
        try:
            tree = ast.parse(source.read())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []  # each item says so, with the place
    if _is_called_like_a_module(path):
        return []  # it is what `import` finds, also where a library imports that module
    imports = []
    for statement in tree.body:
        found = _imported(statement)
        roots = {module.split(".")[0] for module, _ in found or ()}
        if found is None or not roots <= LIBRARIES | sys.stdlib_module_names:
            break
        imports += found
    return imports


def _is_called_like_a_module(path):
    name = os.path.splitext(os.path.basename(path))[0]
    found = importlib.machinery.PathFinder.find_spec(name, [PACKAGES] + sys.path)
    return name in sys.stdlib_module_names or found is not None


def _imported(statement):
    """What a statement imports; nothing for a docstring, None for what is no import."""
    if isinstance(statement, ast.Import):
        return [(alias.name, ()) for alias in statement.names]
    if isinstance(statement, ast.ImportFrom) and statement.level == 0:
        return [(statement.module, tuple(alias.name for alias in statement.names))]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return []
    return None
