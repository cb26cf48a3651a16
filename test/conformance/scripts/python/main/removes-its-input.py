import json
import os
os.remove(json.load(open("item.json"))["input"])
os.remove("item.json")
