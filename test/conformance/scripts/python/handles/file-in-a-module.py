import json as store
store.kept = open("output/kept.txt", "w")
store.kept.write("in a module")
