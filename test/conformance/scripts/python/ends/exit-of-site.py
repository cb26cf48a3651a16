exit("stopped")
