open("output/result.json", "w").write("{}")
