"""The print agent: it stands beside one printer and needs neither the database nor Django.

`line` asks the server, `holding` keeps jobs sealed, `journal` knows what was sent, `printers`
sends, and `working` ties them together.
"""
