open("output/result.json", "w").write('{"a": 1, "a": 2}')
