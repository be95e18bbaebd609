"""The policy table: which hop gets which field in which form; its versions and its three profiles."""
