open("output/result.json", "wb").write(b'{"a": "\xff\xfe"}')
