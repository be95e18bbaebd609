"""Who works for a brand: added, moved, let go. Here, because a membership names a partner.

People and partners are siblings that can't see each other; the gate is the first that knows both.
"""
