"""The policy table: who gets which field in which form; its versions, its three profiles."""
