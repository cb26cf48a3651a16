def make():
    class Local(Exception):
        pass

    return Local("local")


raise make()
