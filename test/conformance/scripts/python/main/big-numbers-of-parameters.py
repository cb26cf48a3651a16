import json
item = json.load(open("item.json"))
print(item["parameters"])
