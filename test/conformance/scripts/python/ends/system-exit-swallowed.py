try:
    raise SystemExit(9)
except BaseException as error:
    print("went on after", repr(error))
