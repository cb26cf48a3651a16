import json
json.dump({"n": float("nan"), "i": float("inf"), "m": -float("inf"), "ok": 1}, open("output/result.json", "w"))
