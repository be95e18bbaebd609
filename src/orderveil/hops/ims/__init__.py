"""The inventory system: it keeps stock and holds no buyer; whatever passes here is checked."""
