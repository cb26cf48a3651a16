open("output/result.json", "w", encoding="utf-8-sig").write('{"a": 1}')
