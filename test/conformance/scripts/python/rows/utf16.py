open("output/result.json", "w", encoding="utf-16").write('{"a": 1}')
