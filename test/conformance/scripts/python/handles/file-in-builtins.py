import builtins
builtins.kept = open("output/kept.txt", "w")
builtins.kept.write("in builtins")
