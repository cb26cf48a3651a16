import json
out = open("output/result.json", "w")
json.dump({"rows": 1}, out)
