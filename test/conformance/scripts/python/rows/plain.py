import json
json.dump({"a": 1, "b": "x", "c": None, "d": [1.5, True]}, open("output/result.json", "w"))
