open("output/result.json", "w").write('{"a":' * 100_000 + "1" + "}" * 100_000)
