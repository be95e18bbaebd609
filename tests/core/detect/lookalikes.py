"""What an inventory message is full of, and what is nobody's: numbers, codes, titles, godowns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from .checksums import with_ean, with_isbn10, with_luhn, with_s10
from .made import STREETS, gstin

AWB_KEYS = ("awb", "awb_number", "tracking_number", "/shipment/awbCode", "waybill", "trackingId")
AWB_LABELS = ("AWB {}", "Tracking no. {}", "waybill: {}", "Consignment {} sent", "docket no {}")
ORDER_KEYS = ("order_id", "/order/id", "id", "line_items/0/id", "orderNumber", "shop_order_id")
ORDER_LABELS = ("Order {}", "order no. {}", "Order ID: {} shipped", "ref #{}")
TITLES = (
    "iPhone 15 128GB", "Nokia 3310 (2017)", "Canon EOS 1500D 24.1MP", "LEGO 75192", "Road bike 26T",
    "Street Style Jacket 42", "Garden Hose 15 m", "Cross Body Bag", "Levi's 511 Slim 32x34",
    "Block Print Kurta Set of 3", "House of Pataudi Dupatta", "4 x 6 in labels, 1000 pcs",
    "Dettol 550 ml, pack of 2", "Tower Fan 45 W", "Park Avenue Deo 150 ml", "Card holder, 12 slots",
    "Samsung 80 cm (32 inch) LED TV 2024", "Call of Duty 4", "PAN pot 24 cm", "Flat 50 sheets",
    "Lane Marking Tape 48 mm x 33 m", "Apartment Size Sofa, 2 seater", "Phone case 6.1 in",
    "Bluetooth 5.3 speaker 20W", "Colony Cotton Bedsheet 90x108", "Gate valve 25 mm",
    "Email Wax 9 g",
)  # fmt: skip
BRANDS = (
    "Raymond", "Louis Philippe", "Allen Solly", "Peter England", "Calvin Klein", "Tommy Hilfiger",
    "Ritu Kumar", "Anita Dongre", "Johnson & Johnson", "Mysore Sandal", "Paul Smith",
    "John Players",
    "Giorgio Armani", "Manish Malhotra", "Mary Kay", "Dr. Martens", "Mrs. Bector's Cremica",
    "Lakme",
)  # fmt: skip
GODOWNS = (
    "Bhiwandi 421302",
    "Gurugram 122001",
    "Hosakote, Bengaluru 562114",
    "Sriperumbudur - 602105",
)
GODOWN_KEYS = (
    "warehouse/address", "/warehouse/address1", "pickup_location/address", "hub_address",
    "origin/address", "godown_address", "seller/address", "warehouse_address",
    "/fulfillment_center/address",
)  # fmt: skip
SHELVES = (
    "Aisle {a} Rack {b} Shelf {c}",
    "A-{a:02d}-{b:02d}-{c:02d}",
    "Floor {c}, Rack {b}",
    "Zone B{a}/{b}",
    "R{a}L{b}P{c}",
)
COLUMNS = ("created_at", "updated_at", "timestamp", "/event/time", "shipped_on", "expiryDate")


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One sort of value that is nothing personal, wherever it stands."""

    make: Callable[[Random], str]
    keys: tuple[str, ...]
    labels: tuple[str, ...] = ()
    group: str = "other"
    bare: frozenset[str] = field(default_factory=frozenset)
    """Kinds that it must not be taken for without any word either."""


def digits(rng: Random, count: int, first: str = "123456789") -> str:
    """A number of so many digits, all of them by chance."""
    return rng.choice(first) + "".join(rng.choices("0123456789", k=count - 1))


def _delhivery(rng: Random) -> str:
    return digits(rng, rng.choice((13, 14)))


def _dtdc(rng: Random) -> str:
    return f"{rng.choice('BDVZ')}{digits(rng, rng.choice((8, 10)))}"


def _post(rng: Random) -> str:
    number = with_s10(rng.choice("ERCP") + rng.choice("ABEMN"), digits(rng, 8), "IN")
    return (
        number
        if rng.random() < 0.7
        else f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} IN"
    )


def _imei(rng: Random) -> str:
    number = with_luhn(rng.choice(("35", "86", "01", "99")) + digits(rng, 12, "0123456789"))
    if rng.random() < 0.8:
        return number
    return f"{number[:2]}-{number[2:8]}-{number[8:14]}-{number[14]}"


def _ean13(rng: Random) -> str:
    number = with_ean("890" + digits(rng, 9, "0123456789"))
    return number if rng.random() < 0.8 else f"{number[0]} {number[1:7]} {number[7:]}"


def _sku(rng: Random) -> str:
    shape = rng.choice((
        "NH-STOLE-{n:02d}", "TSH-{n:06d}-BLK-XL", "{n:010d}", "NHSK0{n:06d}", "SKU9{n:09d}",
        "{n:06d}",
        "8{n:09d}", "MB98{n:08d}",
    ))  # fmt: skip
    return shape.format(n=rng.randrange(10**6))


def _moment(rng: Random) -> str:
    second = rng.randrange(1_700_000_000, 1_900_000_000)
    day, hour = f"{rng.randrange(1, 29):02d}", f"{rng.randrange(24):02d}"
    return rng.choice((
        str(second), str(second * 1000 + rng.randrange(1000)), str(second * 10**6),
        f"2026-11-{day}T{hour}:15:49Z", f"2026-11-{day}T{hour}:15:49.123456+05:30",
        f"202611{day}{hour}1549", f"{day}-11-2026 {hour}:15", f"{day}/11/2026",
        f"{day}.11.2026 {hour}:15:49",
    ))  # fmt: skip


def _order(rng: Random) -> str:
    return rng.choice((
        digits(rng, 13, "56789"), f"gid://shopify/Order/{digits(rng, 13, '56789')}",
        f"{rng.choice(('402', '171', '408'))}-{digits(rng, 7)}-{digits(rng, 7)}",
        f"#{rng.randrange(1000, 99999)}", f"wc_order_{digits(rng, 10)}", f"OD{digits(rng, 18)}",
        f"0000{rng.randrange(99999):05d}",
    ))  # fmt: skip


def _uuid(rng: Random) -> str:
    whole = str(UUID(int=rng.getrandbits(128), version=4))
    return whole if rng.random() < 0.5 else f"12345678-1234-4123-8123-{digits(rng, 12)}"


def _isbn(rng: Random) -> str:
    nine = "81" + digits(rng, 7, "0123456789")
    old, new = with_isbn10(nine), with_ean("978" + nine)
    return rng.choice((
        old, f"{old[:2]}-{old[2:6]}-{old[6:9]}-{old[9]}", new,
        f"978-{new[3:5]}-{new[5:9]}-{new[9:12]}-{new[12]}",
    ))  # fmt: skip


def _place(rng: Random) -> str:
    lat, lng = f"{rng.uniform(8, 34):.7f}", f"{rng.uniform(68, 97):.7f}"
    return rng.choice((f"{lat},{lng}", f"{lat}, {lng}", lat, lng, f"POINT({lng} {lat})"))


def _amount(rng: Random) -> str:
    return rng.choice((
        f"1,{rng.randrange(10, 99)},456.00", f"₹ 9,99,{rng.randrange(100, 999)}",
        f"INR {digits(rng, 7)}.00",
        f"Rs. {digits(rng, 8)}/-", f"{digits(rng, 10, '6789')}.50",
    ))  # fmt: skip


def _serial(rng: Random) -> str:
    return rng.choice((
        f"C02XG{rng.randrange(10)}JJJGH{rng.randrange(10)}", digits(rng, 10, "6789"), digits(rng,
        12),
        f"SN{digits(rng, 10, '6789')}", f"LOT {digits(rng, 8)}", digits(rng, 16, "45"),
    ))  # fmt: skip


def _eway(rng: Random) -> str:
    number = digits(rng, 12)
    return number if rng.random() < 0.5 else f"{number[:4]} {number[4:8]} {number[8:]}"


def _godown(rng: Random) -> str:
    plot, street, town = rng.randrange(1, 99), rng.choice(STREETS), rng.choice(GODOWNS)
    return f"Plot {plot}, Sample Industrial Area, {street}, {town}"


def _shelf(rng: Random) -> str:
    return rng.choice(SHELVES).format(
        a=rng.randrange(1, 30), b=rng.randrange(1, 30), c=rng.randrange(1, 9)
    )


def _odd(rng: Random) -> str:
    return rng.choice((
        f"stole-{rng.randrange(99)}@2x.png", f"2 @ {rng.randrange(99)}.00", "10x20x30 cm", "450 g",
        f"198.51.100.{rng.randrange(250)}", f"v1.2.3.{digits(rng, 4)}", f"MSKU{digits(rng, 7)}",
        f"https://shop.example/p/{digits(rng, 13)}?v={digits(rng, 10)}", f"#{digits(rng, 6)}",
        f"{rng.getrandbits(256):064x}", "size 32-34, 36-38", f"{digits(rng, 3)} pcs in stock",
    ))  # fmt: skip


def _of(length: int, first: str = "123456789") -> Callable[[Random], str]:
    return lambda rng: digits(rng, length, first)


def _awb(make: Callable[[Random], str], *bare: str) -> Lookalike:
    return Lookalike(make, AWB_KEYS, AWB_LABELS, "awb", frozenset(bare))


_TELLS = ("PHONE", "CARD", "AADHAAR")
LOOKALIKES: dict[str, Lookalike] = {
    "delhivery": _awb(_delhivery, "PHONE", "AADHAAR"),
    "bluedart": _awb(_of(11), *_TELLS),
    "dtdc": _awb(_dtdc, *_TELLS, "PAN", "IFSC"),
    "ecom": _awb(_of(10, "12345"), *_TELLS),
    "ecom_high": _awb(_of(10, "6789")),
    "fedex": _awb(_of(12), "CARD", "AADHAAR"),
    "xpressbees": _awb(_of(15, "1"), *_TELLS),
    "ekart": _awb(lambda rng: f"FMPP{digits(rng, 10)}", *_TELLS, "IFSC"),
    "indiapost": _awb(_post, *_TELLS, "PAN"),
    "imei": Lookalike(_imei, ("imei", "imei1", "/items/0/imei", "device_imei"),
        ("IMEI: {}", "IMEI1 {}", "imei no {}"), "imei", frozenset(_TELLS)),
    "ean13": Lookalike(_ean13, ("ean", "barcode", "/items/0/barcode", "gtin"),
        ("EAN {}", "Barcode: {}"), bare=frozenset(_TELLS)),
    "ean8": Lookalike(lambda rng: with_ean("890" + digits(rng, 4)), ("ean", "barcode"),
        ("EAN-8 {}",), bare=frozenset(_TELLS)),
    "upc": Lookalike(lambda rng: with_ean(digits(rng, 11, "0678")), ("upc", "barcode", "upcCode"),
        ("UPC {}", "UPC-A: {}"), bare=frozenset({"CARD", "AADHAAR"})),
    "hsn": Lookalike(lambda rng: digits(rng, rng.choice((4, 6, 8))), ("hsn", "hsn_code", "hsnCode"),
        ("HSN {}", "HSN code: {}"), bare=frozenset({*_TELLS, "PINCODE"})),
    "sku": Lookalike(_sku, ("sku", "/items/0/sku", "variant_sku", "itemSku"), ("SKU: {}",
    "sku {}")),
    "moment": Lookalike(_moment, COLUMNS, ("updated at {}", "timestamp {}"),
    bare=frozenset(_TELLS)),
    "order": Lookalike(_order, ORDER_KEYS, ORDER_LABELS, "order", frozenset({"PHONE", "AADHAAR"})),
    "uuid": Lookalike(_uuid, ("id", "request_id", "event/uuid", "token"), ("id {}",),
    bare=frozenset(_TELLS)),
    "isbn": Lookalike(_isbn, ("isbn", "isbn13"), ("ISBN {}", "ISBN: {}"), bare=frozenset({"CARD",
    "AADHAAR"})),
    "place": Lookalike(_place, ("warehouse/geo", "coordinates", "latlng", "location/lat"),
        ("lat/lng {}", "GPS {}"), bare=frozenset(_TELLS)),
    "amount": Lookalike(_amount, ("amount", "total", "price", "mrp"), ("Total {}", "amount: {}"),
        bare=frozenset(_TELLS)),
    "serial": Lookalike(_serial, ("serial_number", "serialNo", "batch_no", "lot_number"),
        ("S/N {}", "Serial no. {}", "batch {}")),
    "eway": Lookalike(_eway, ("eway_bill", "ewaybill_no", "ewayBillNumber"), ("E-way bill {}",
    "EWB no. {}")),
    "company": Lookalike(lambda rng: gstin(rng, rng.choice("CFTABGJL")),
        ("gstin", "seller/gstin", "supplier_gst_no"), ("GSTIN: {}", "GST No. {}"),
        bare=frozenset({"GSTIN", "PAN", "IFSC"})),
    "godown": Lookalike(_godown, GODOWN_KEYS, ("Warehouse: {}", "Pickup from {}", "Ship from: {}")),
    "shelf": Lookalike(_shelf, ("bin", "bin_location", "rack", "/stock/location"), ("Bin {}",),
        bare=frozenset({*_TELLS, "ADDRESS", "NAME"})),
    "title": Lookalike(lambda rng: rng.choice(TITLES),
        ("title", "product_title", "line_items/0/name", "/items/0/description", "product_name"),
        ("Item: {}", "2 x {}"), bare=frozenset({*_TELLS, "ADDRESS", "NAME", "PAN", "PINCODE"})),
    "brand": Lookalike(lambda rng: rng.choice(BRANDS),
        ("brand", "vendor", "manufacturer", "/items/0/brand", "product_name", "supplier"),
        ("Brand: {}", "Vendor - {}"), bare=frozenset({"ADDRESS"})),
    "odd": Lookalike(_odd, ("image", "src", "dimension", "remark", "packaging"),
        bare=frozenset({*_TELLS, "EMAIL", "VPA", "PAN", "ADDRESS", "NAME", "PINCODE"})),
}  # fmt: skip
