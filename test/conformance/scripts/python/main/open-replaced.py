import builtins


def no(*arguments, **options):
    raise OSError("no files for you")


builtins.open = no
print("replaced")
