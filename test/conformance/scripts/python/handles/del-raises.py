class AtTheEnd:
    def __del__(self):
        raise ValueError("in __del__")


kept = AtTheEnd()
