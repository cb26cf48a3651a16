open("output/result.json", "w").write('{"n": 123456789012345678901234567890}')
