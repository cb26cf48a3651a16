"""Counts favourite animals in one city's survey. The table of animals comes from the setup of the session."""

import json
import pathlib

import pandas as pd

item = json.load(open("item.json"))
people = pd.read_csv(item["input"])
animals = pd.read_csv(pathlib.Path(item["shared"]) / "animals.csv")

people = people.merge(animals, how="left", left_on="favourite_animal", right_on="animal")
unknown = people[people["class"].isna()]
if not unknown.empty:
    print("not in the table of animals:", ", ".join(sorted(unknown.favourite_animal.unique())))

counts = people.groupby(["class", "favourite_animal"]).size().rename("people").reset_index()
counts.insert(0, "city", pathlib.Path(item["input"]).stem)
counts.to_csv("output/counts.csv", index=False)

wanted = item["parameters"]
found = people[(people.first_name == wanted["firstName"]) & (people.favourite_animal == wanted["animal"])]
json.dump(
    {"people": len(people), "unknown": len(unknown), "found": len(found), "meanAge": round(float(people.age.mean()), 1)},
    open("output/result.json", "w"),
)
