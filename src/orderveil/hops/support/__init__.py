"""Support and NDR / RTO: the order desk for people."""
