

class Holder:
    pass


one, two = Holder(), Holder()
one.other, two.other = two, one
one.file = open("output/cycle.txt", "w")
one.file.write("written")
