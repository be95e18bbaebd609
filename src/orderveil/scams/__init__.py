"""Which scams does each hop's view make possible?"""
