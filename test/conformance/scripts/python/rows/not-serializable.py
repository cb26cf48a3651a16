import json
json.dump({"a": {1}}, open("output/result.json", "w"))
