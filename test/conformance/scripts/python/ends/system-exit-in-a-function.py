def stop():
    raise SystemExit("stopped in a function")


stop()
