class AtTheEnd:
    def __del__(self):
        with open("output/del.txt", "w") as out:
            out.write("from __del__")


kept = AtTheEnd()
