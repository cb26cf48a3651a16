raise ValueError("x" * 1_000_000)
