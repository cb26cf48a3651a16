import decimal
import json
print(json.load(open("item.json"), parse_float=decimal.Decimal)["parameters"]["pi"])
