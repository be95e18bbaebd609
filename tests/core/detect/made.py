"""Personal values of every kind: right by their checksums, invented, and they look it."""

from collections.abc import Callable
from random import Random

from .checksums import iban, with_gstin_check, with_luhn, with_verhoeff

FIRST = ("Asha", "Namuna", "Ravi", "Meena", "Kabir", "Fatima", "Joseph", "Lakshmi", "Harpreet")
LAST = ("Udaharan", "Verma", "Nair", "Khan", "D'Souza", "Iyer", "Singh", "Banerjee", "Patil")
RARE_NAMES = (
    "Xerxes Udaharwala", "Thangjam Namuna Devi", "Zorawar Gill", "Ngawang Dorjee", "Kelechi Okafor",
    "Jane Q. Sample", "A. P. Namuna", "Md. Sample Ansari", "Venkatanarasimha Rajuvaripeta",
)  # fmt: skip
"""Of which no list is likely to know a word: only where they stand tells what they are."""
HINDI_NAMES = ("नमूना ग्राहक", "आशा वर्मा", "उदाहरण सिंह")
NATIVE_NAMES = ("உதாரணம் நாயர்", "নমুনা গ্রাহক", "ఉదాహరణ రావు", "نمونہ احمد", "สมชาย ตัวอย่าง")
STREETS = ("Udaharan Road", "Namuna Marg", "Sample Street", "3rd Cross", "Example Main Road")
AREAS = ("Namuna Nagar", "Udaharan Layout", "Sample Colony", "Sector 12", "Example Vihar")
BUILDINGS = ("Udaharan Residency", "Namuna Apartments", "Sample Heights", "Example Towers")
TOWNS = (
    ("Bengaluru", "Karnataka", "5600"), ("Pune", "Maharashtra", "4110"), ("Kochi", "Kerala",
    "6820"),
    ("New Delhi", "Delhi", "1100"), ("Chennai", "Tamil Nadu", "6000"), ("Kolkata", "West Bengal",
    "7000"),
)  # fmt: skip
HINDI_ADDRESSES = (
    "मकान नंबर {n}, नमूना नगर, पुणे {pin}",
    "फ्लैट {n}, उदाहरण अपार्टमेंट, नमूना मार्ग, बेंगलुरु - {pin}",
)
NATIVE_ADDRESSES = (
    "எண் {n}, உதாரணம் தெரு, சென்னை {pin}",
    "বাড়ি {n}, নমুনা রোড, কলকাতা {pin}",
    "ఇంటి నెం. {n}, ఉదాహరణ వీధి, హైదరాబాద్ {pin}",
    "مکان نمبر {n}، نمونہ روڈ، حیدرآباد {pin}",
    "{n} ถนนตัวอย่าง กรุงเทพฯ 10110",
)
BANKS = ("SBIN", "HDFC", "ICIC", "UTIB", "PUNB", "KKBK", "BARB", "CNRB", "YESB", "FDRL", "IDIB")
HANDLES = (
    "okaxis", "oksbi", "okicici", "okhdfcbank", "ybl", "ibl", "axl", "paytm", "upi", "apl", "ptyes",
    "ptsbi", "sbi", "icici", "hdfcbank", "kotak", "yapl", "waicici", "fbl", "barodampay",
)  # fmt: skip
CARDS = (
    ("411111", 16), ("400000", 16), ("555555", 16), ("222300", 16), ("378282", 15), ("340000", 15),
    ("601111", 16), ("607000", 16), ("652100", 16), ("508500", 16), ("353011", 16), ("360000", 14),
)  # fmt: skip
CARD_GROUPS = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}
IBANS = {
    "DE": "50010000{:010d}", "GB": "NMUN000000{:08d}", "FR": "2004100000{:011d}00",
    "AE": "033{:016d}", "NL": "NMUN{:010d}", "ES": "21000000{:012d}", "SA": "80{:018d}",
    "CH": "00000{:012d}", "BE": "000{:09d}", "IT": "X0000000000{:012d}",
}  # fmt: skip
ABROAD = (
    "+1 202-555-01{:02d}",
    "+44 20 7946 00{:02d}",
    "+971 50 000 00{:02d}",
    "+65 9000 00{:02d}",
)


def grouped(digits: str, sizes: tuple[int, ...], separator: str) -> str:
    """The digits in groups of these sizes."""
    groups, start = [], 0
    for size in sizes:
        groups.append(digits[start : start + size])
        start += size
    return separator.join(groups)


def mobile(rng: Random) -> str:
    """Ten digits of a mobile."""
    middle = rng.choice(("0000", "0001", "8765", "9999"))
    return f"{rng.choice('6789')}{middle}{rng.randrange(1, 10**5):05d}"


def phone(rng: Random) -> str:
    """An Indian mobile as people write it, now and then a landline or a number abroad."""
    ten, dice = mobile(rng), rng.random()
    if dice < 0.06:
        return rng.choice(ABROAD).format(rng.randrange(100))
    if dice < 0.12:
        area, exchange = rng.choice(("080", "022", "011")), rng.choice(("2000", "2345"))
        return f"{area}-{exchange}{rng.randrange(10**4):04d}"
    sizes = rng.choice(((10,), (10,), (5, 5), (3, 3, 4), (4, 3, 3)))
    laid = grouped(ten, sizes, rng.choice(" -"))
    return rng.choice(("", "", "+91", "+91 ", "+91-", "0", "91", "0091 ")) + laid


def email(rng: Random) -> str:
    """At an example domain."""
    first, last = rng.choice(FIRST).lower(), rng.choice(LAST).lower().replace("'", "")
    local = rng.choice((f"{first}.{last}", f"{first}{rng.randrange(100)}", f"{first}_{last}+shop"))
    domain = rng.choice(("example.com", "example.org", "mail.example.net", "namuna.example.co.in"))
    return f"{local}@{domain}"


def card(rng: Random) -> str:
    """A number of a real issuer's range with the Luhn digit, in one run or as printed."""
    start, length = rng.choice(CARDS)
    digits = with_luhn(start + f"{rng.randrange(10**6):0{length - len(start) - 1}d}")
    return grouped(digits, CARD_GROUPS[length], rng.choice(("", "", " ", "-")))


def aadhaar(rng: Random) -> str:
    """Twelve digits, Verhoeff's at the end, in one run or as printed."""
    digits = with_verhoeff(f"{rng.choice('23456789')}000{rng.randrange(10**7):07d}")
    return grouped(digits, (4, 4, 4), rng.choice(("", " ", "-")))


def printed_aadhaar(rng: Random) -> str:
    """As printed: in fours."""
    return grouped(aadhaar(rng).replace(" ", "").replace("-", ""), (4, 4, 4), rng.choice(" -"))


def pan(rng: Random, kind: str = "P") -> str:
    """Of a person; another fourth letter makes it a company's."""
    letters = rng.choice(("AAA", "ABC", "BBN", "ZZZ", "NMU")) + kind + rng.choice("AKSVN")
    return f"{letters}{rng.randrange(1, 10**4):04d}{rng.choice('ABCDEFKLM')}"


def gstin(rng: Random, kind: str = "P") -> str:
    """Of a person, with its check character; another `kind` makes it a company's."""
    state = rng.choice(("27", "29", "07", "33", "32", "19", "09"))
    return with_gstin_check(f"{state}{pan(rng, kind)}{rng.choice('123')}Z")


def vpa(rng: Random) -> str:
    """A UPI id: a name or a mobile at a handle."""
    name = rng.choice(
        (mobile(rng), f"{rng.choice(FIRST).lower()}.namuna", f"grahak{rng.randrange(999)}")
    )
    return f"{name}@{rng.choice(HANDLES)}"


def ifsc(rng: Random) -> str:
    """Bank, zero, branch."""
    return f"{rng.choice(BANKS)}0{rng.choice(('00', '0N', '01'))}{rng.randrange(10**4):04d}"


def iban_(rng: Random) -> str:
    """Of the countries' real lengths, in one run or in fours."""
    country = rng.choice(sorted(IBANS))
    whole = iban(country, IBANS[country].format(rng.randrange(1, 10**8)))
    return (
        whole if rng.random() < 0.5 else " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))
    )


def pincode(rng: Random) -> str:
    """Six digits, in one run or 3-3."""
    _, _, start = rng.choice(TOWNS)
    digits = f"{start}{rng.randrange(1, 99):02d}"
    return digits if rng.random() < 0.8 else f"{digits[:3]} {digits[3:]}"


def address(rng: Random) -> str:
    """A buyer's, on one line, in most cases with its PIN code."""
    town, state, start = rng.choice(TOWNS)
    n, pin = rng.randrange(1, 900), f"{start}{rng.randrange(1, 99):02d}"
    street, area, building = rng.choice(STREETS), rng.choice(AREAS), rng.choice(BUILDINGS)
    if rng.random() < 0.1:
        return rng.choice(HINDI_ADDRESSES).format(n=n, pin=pin)
    shape = rng.choice((
        "Flat {n}, {building}, {street}, {area}, {town} {pin}",
        "House No. {n}, {street}, {area}, {town} - {pin}, {state}",
        "H.No {n}/4, near Namuna Temple, {area}, {town}, {state} {pin}",
        "{n}, 2nd Floor, {building}, {street}, {town} {pin}",
        "#{n}, {street}, {area}, {town}-{pin}",
        "C-{n}, Sector 62, {area}, {town} {pin}",
        "Door No 5-9-{n}/B, opp. Sample School, {area}, {town} {pin}",
        "Village Udaharanpur, Post Namuna, Dist. {town}, {state} - {pin}",
        "Flat {n}, {building}, {street}, {area}",
    ))  # fmt: skip
    return shape.format(
        n=n, building=building, street=street, area=area, town=town, state=state, pin=pin
    )


def native_address(rng: Random) -> str:
    """In a script and words of its own: a key or a label says what it is."""
    pin = f"{rng.choice(TOWNS)[2]}{rng.randrange(1, 99):02d}"
    return rng.choice(NATIVE_ADDRESSES).format(n=rng.randrange(1, 900), pin=pin)


def name(rng: Random) -> str:
    """First and last, one in ten in Devanagari, one in ten of a sort that no list knows."""
    if (dice := rng.random()) < 0.2:
        return rng.choice(HINDI_NAMES if dice < 0.1 else RARE_NAMES)
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def native_name(rng: Random) -> str:
    """In a script of its own."""
    return rng.choice(NATIVE_NAMES)


MAKERS: dict[str, Callable[[Random], str]] = {
    "PHONE": phone, "EMAIL": email, "CARD": card, "AADHAAR": aadhaar, "PAN": pan, "GSTIN": gstin,
    "VPA": vpa, "IFSC": ifsc, "IBAN": iban_, "PINCODE": pincode, "ADDRESS": address, "NAME": name,
}  # fmt: skip
"""Every kind, by the name of the detector's `Kind`."""
NATIVE = {"NAME": native_name, "ADDRESS": native_address}
"""Kinds that are written in many scripts."""
