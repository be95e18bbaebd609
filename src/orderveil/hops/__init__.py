"""The eleven systems on the order's road, a folder each."""
