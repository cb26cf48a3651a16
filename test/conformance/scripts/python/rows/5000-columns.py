import json
json.dump({"col%d" % i: i for i in range(5000)}, open("output/result.json", "w"))
