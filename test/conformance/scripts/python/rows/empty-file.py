open("output/result.json", "w")
