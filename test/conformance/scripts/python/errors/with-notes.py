error = ValueError("noted")
error.add_note("a note")
raise error
