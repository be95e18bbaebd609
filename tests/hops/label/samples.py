"""Invented people's labels."""

from datetime import UTC, datetime

from orderveil.hops.label.content import Cod, LabelContent, Layout, Sender

AT = datetime(2026, 3, 1, tzinfo=UTC)
SENDER = Sender(
    "Kalanjali Handlooms",
    ("12 Industrial Estate, Peenya Phase 2", "Bengaluru, Karnataka 560058"),
)
TOKEN = "https://t.kalanjali.example/t/7Q2M4XK9PZC5DV3H"

SCRIPTS = {
    "Devanagari": ("आशा क्षितिज श्रीवास्तव", "फ्लैट ४०२, पाम ग्रोव रेजीडेंसी", "बेंगलुरु"),
    "Tamil": ("ஆஷா ஸ்ரீநிவாசன்", "எண் 14, கிழக்கு மாட வீதி, மயிலாப்பூர்", "சென்னை"),
    "Bengali": ("শ্রীমতী জ্যোৎস্না", "১২ রাসবিহারী অ্যাভিনিউ, গড়িয়াহাট", "কলকাতা"),
    "Telugu": ("కృష్ణ మూర్తి", "ఫ్లాట్ 12, బంజారా హిల్స్", "హైదరాబాద్"),
    "Arabic": ("محمد عبد الله الأنصاري", "شقة 12، برج النخيل", "حيدر آباد"),
    "Thai": ("ณัฐวุฒิ ใจดี", "12 ถนนสุขุมวิท แขวงคลองเตย", "กรุงเทพ"),
}


def label(**changed) -> LabelContent:
    """A prepaid label of Asha's, changed."""
    told = {
        "carrier": "Swiftline Express",
        "awb": "SLX4400123456781",
        "token": TOKEN,
        "sender": SENDER,
        "name": "Asha Verma",
        "lines": ("Flat 402, Palm Grove Residency", "3rd Cross, Indiranagar Stage 2"),
        "city": "Bengaluru",
        "state": "Karnataka",
        "pincode": "560038",
        "country": "IN",
        "phone": "+91 XXXXXX0012",
        "is_prepaid": "cod" not in changed,
        "order": "T-7Q2M4XK9PZC5DV3H",
    }
    return LabelContent(**(told | changed))


def in_script(script: str, **changed) -> LabelContent:
    """A label whose buyer writes so."""
    name, line, city = SCRIPTS[script]
    return label(**({"name": name, "lines": (line,), "city": city} | changed))


def privacy(**changed) -> LabelContent:
    """A privacy waybill: the values come already in their forms."""
    told = {
        "layout": Layout.PRIVACY,
        "name": "A***",
        "lines": ("Palm Grove Residency", "3rd Cross, Indiranagar Stage 2"),
        "phone": "XXXXXX0012",
    }
    return label(**(told | changed))


COD = Cod("INR", "125499.50")


def numbered(count):
    """Labels that can be told apart."""
    for n in range(count):
        yield label(awb=f"SLX44{n:011}", token=f"{TOKEN}{n:06}", name=f"Asha {n}")
