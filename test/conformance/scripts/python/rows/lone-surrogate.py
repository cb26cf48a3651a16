open("output/result.json", "w").write('{"a": "\\ud800"}')
