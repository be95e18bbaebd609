"""The law and the mathematics: no Django, no I/O, no logging."""
