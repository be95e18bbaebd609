"""The eleven hops: the systems an order passes through, and what each is for."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Hop(StrEnum):
    """One of eleven systems on the order's road, in the order of the road."""

    STOREFRONT = "storefront"
    OMS = "oms"
    IMS = "ims"
    WMS = "wms"
    LABEL = "label"
    COURIER = "courier"
    COMMS = "comms"
    SUPPORT = "support"
    MARKETING = "marketing"
    REPORTS = "reports"
    RETENTION = "retention"


class Reach(StrEnum):
    """Which of a brand's orders a hop may ask for."""

    ALL = "all"
    ASSIGNED = "assigned"


PURPOSE_OF: Mapping[Hop, str] = MappingProxyType(
    {
        Hop.STOREFRONT: "acknowledge the order to the shop",
        Hop.OMS: "route and follow the order",
        Hop.IMS: "keep the stock right",
        Hop.WMS: "pick and pack the parcel",
        Hop.LABEL: "print the shipping label",
        Hop.COURIER: "deliver the parcel",
        Hop.COMMS: "send the messages the order needs",
        Hop.SUPPORT: "answer the customer's questions",
        Hop.MARKETING: "understand demand by region",
        Hop.REPORTS: "report sales and operations",
        Hop.RETENTION: "let the data die on time",
    }
)
