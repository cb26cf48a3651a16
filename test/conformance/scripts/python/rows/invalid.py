open("output/result.json", "w").write('{"a": 1,}')
