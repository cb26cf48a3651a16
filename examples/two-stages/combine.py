"""Puts the counts of all cities together: one table, one chart, one answer."""

import json
import pathlib

import matplotlib.pyplot as plt
import pandas as pd

item = json.load(open("item.json"))
cities = pd.read_json(item["input"], lines=True)
rows = pd.json_normalize(cities[cities.status != "failed"].row)
counts = pd.concat([pd.read_csv(path) for path in sorted(pathlib.Path("files").glob("*/counts.csv"))])

table = counts.pivot_table(index=["class", "favourite_animal"], columns="city", values="people", aggfunc="sum", fill_value=0)
table["all"] = table.sum(axis=1)
table.sort_values("all", ascending=False).to_csv("output/animals.csv")

by_class = counts.pivot_table(index="city", columns="class", values="people", aggfunc="sum", fill_value=0)
axes = by_class.plot.barh(stacked=True, title="Favourite animals by city", xlabel="people", ylabel="", figsize=(8, 3.5))
axes.legend(title=None, loc="upper left", bbox_to_anchor=(1, 1))
plt.tight_layout()

favourite = table["all"].idxmax()[1]
result = {
    "cities": len(rows),
    "people": int(rows.people.sum()),
    "favourite": favourite,
    "found": int(rows.found.sum()),
}
json.dump(result, open("output/result.json", "w"))
print("{found} of {people} people in {cities} cities are called {name} and like the {animal} best".format(
    name=item["parameters"]["firstName"], animal=item["parameters"]["animal"], **result))
