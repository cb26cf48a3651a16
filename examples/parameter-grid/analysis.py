"""Counts the readings of a file that lie far from the others, as the parameters say what is far."""

import csv
import json
import statistics

item = json.load(open("item.json"))
parameters = item["parameters"]
with open(item["input"], newline="") as source:
    # A table says only text, so what comes from a manifest is converted here.
    readings = [float(row["value"]) + float(parameters.get("offset", 0)) for row in csv.DictReader(source)]

center = statistics.median(readings) if parameters.get("method") == "median" else statistics.fmean(readings)
spread = statistics.pstdev(readings)
far = [reading for reading in readings if abs(reading - center) > parameters.get("threshold", 3) * spread]

with open("output/result.json", "w") as target:
    json.dump({"readings": len(readings), "center": center, "outliers": len(far)}, target)
