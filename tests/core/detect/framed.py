"""Where personal values stand: the keys, labels and sentences of every kind."""

KEYS = {
    "PHONE": ("phone", "mobile", "customer/phone", "/shipping_address/phone", "contactNo",
    "whatsapp"),
    "EMAIL": ("email", "customer_email", "/customer/email", "contact/emailAddress"),
    "CARD": ("card_number", "payment/card/number", "note", "/payment/cardNumber"),
    "AADHAAR": ("aadhaar", "aadhar_no", "customer/aadhaarNumber", "/kyc/aadhaar_number"),
    "PAN": ("pan", "pan_number", "customer/panNo", "/kyc/pan"),
    "GSTIN": ("gstin", "gst_no", "billing/gstin", "/customer/gstNumber"),
    "VPA": ("vpa", "upi", "upi_id", "/payment/upiId"),
    "IFSC": ("ifsc", "ifsc_code", "/refund/bank/ifsc"),
    "IBAN": ("iban", "refund/iban", "/bank/ibanNumber"),
    "PINCODE": ("pincode", "pin_code", "zip", "/shipping_address/zip", "postalCode"),
    "ADDRESS": ("address1", "shipping_address", "/shipping_address/address1", "deliveryAddress",
    "addr"),
    "NAME": ("customer_name", "consignee", "/ship_to/name", "buyerName", "shipping_address/name"),
}  # fmt: skip
"""What the value's key is called: a bare key, a path, a JSON pointer."""

LABELS = {
    "PHONE": ("mob: {}", "Phone no. {}", "Ph:{}", "Tel - {}", "मोबाइल: {}", "call {}",
    "WhatsApp {}"),
    "EMAIL": ("email: {}", "E-mail - {}", "mail id {}", "ईमेल: {}"),
    "CARD": ("card: {}", "Card No. {}", "CC {} exp 12/27", "debit card {}"),
    "AADHAAR": ("Aadhaar: {}", "aadhar no {}", "UIDAI no. {}", "आधार: {}"),
    "PAN": ("PAN: {}", "Pan card no {}", "PAN No. {}"),
    "GSTIN": ("GSTIN: {}", "GST No. {}", "gst {}"),
    "VPA": ("UPI: {}", "upi id {}", "VPA {}", "pay to {}"),
    "IFSC": ("IFSC: {}", "IFSC code {}", "ifsc-{}"),
    "IBAN": ("IBAN: {}", "Iban {}", "refund IBAN {}"),
    "PINCODE": ("PIN: {}", "Pincode - {}", "pin code {}", "ZIP {}", "पिन कोड {}"),
    "ADDRESS": ("Address: {}", "Ship to: {}", "Addr - {}", "पता: {}", "Deliver at: {}"),
    "NAME": ("Name: {}", "Consignee: {}", "Customer name - {}", "नाम: {}", "Buyer: {}"),
}  # fmt: skip
"""A word, then the value."""

INLINE = (
    '{{"{key}": "{value}", "qty": 2}}',
    "{key}={value}&qty=2",
    "sku=NH-01;{key}:{value};qty=2",
)
"""The key in the text itself."""

PROSE = {
    "PHONE": ("Please call {} before delivery.", "my number is {}, ring twice",
    "reach me on {} after 6 pm",
              "guard will not open, contact {} at the gate", "कृपया {} पर फोन करें"),
    "EMAIL": ("Send the invoice to {}, please.", "write to me at {} thanks", "({}) is my mail",
    "बिल {} पर भेजें"),
    "CARD": ("Pay with {} please.", "I paid by my card {} yesterday", "मेरा कार्ड {} है",
    "charge ({}) again"),
    "AADHAAR": ("my aadhaar is {}, please verify", "ID proof: Aadhaar card {} attached",
    "मेरा आधार {} है"),
    "PAN": ("my PAN is {} for the invoice", "Bill it on PAN {}.", "use pan card {} please"),
    "GSTIN": ("Please put my GST number {} on the bill", "bill to GSTIN {}, thanks"),
    "VPA": ("refund to {} please", "I paid from {} by UPI", "send it on {} only"),
    "IFSC": ("refund to my account, IFSC {}, savings", "branch code {} SBI main branch"),
    "IBAN": ("refund to {} please", "my bank account is {}, thanks"),
    "PINCODE": ("I moved to Bengaluru {}, please note", "Pune - {}, Maharashtra",
    "area pincode is {} now"),
    "ADDRESS": ("Please deliver to {}", "send it to my office: {} before noon",
    "New address is {}, thanks."),
    "NAME": ("Please deliver to Mr. {} only", "hand over to Mrs {} at the gate",
    "my name is {}, gift wrap it"),
}  # fmt: skip
"""A sentence."""

BARE = frozenset(set(KEYS) - {"PINCODE", "NAME"})
"""Kinds whose values tell what they are without a word: six digits do not, nor do two words."""
