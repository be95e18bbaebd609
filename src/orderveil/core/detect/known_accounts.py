"""UPI handles, bank codes and lengths of account numbers, as their issuers publish them."""

from orderveil.core.detect.vocabulary import words

UPI_HANDLES = words(
    "abcdicici abfspay airtel airtelpaymentsbank albk allahabadbank amazonpay andb apb apl"
    " aubank axb axis axisb axisbank axisgo axl bandhan barodampay barodapay bob boi bpunity"
    " cboi centralbank cbin citi citigold cmsidfc cnrb cred csbcash csbpay cub dbs dcb dcbbank"
    " denabank dlb eazypay equitas esaf ezeepay fam fbl federal fifederal finobank freecharge"
    " goaxb google hdfc hdfcbank hdfcbankjd hsbc ibl icici icicibank idbi idbibank idfc idfcbank"
    " idfcfirst idfcnetc ikwik imobile indbank indianbank indie indus indusind iob ippb jio"
    " jiopay jkb jsb jsbp jupiteraxis karb karurvysyabank kaypay kbl kbl052 kmb kmbl kotak"
    " kotak811 kvb kvbank lime liv lvb lvbank mahb mairtel mbk myicici naviaxis nsdl nyes obc"
    " okaxis okbizaxis okhdfcbank okicici oksbi omni oneyes payzapp paytm pingpay pnb pockets"
    " postbank pthdfc ptaxis ptsbi ptyes psb pz rajgovhdfcbank rapl razor rbl rblbank rmhdfcbank"
    " s2b sbi sbin sc scb scbl scmobile shriram sib slc slice spicepay srcb superyes synd"
    " tapicici timecosmos tjsb tmb trans ubi uboi uco ucobank unionbank unionbankofindia united"
    " upi utbi utib vijb vijayabank wa waaxis wahdfcbank waicici wasbi yapl ybl yes yesbank"
    " yesbankltd yesg yespay yespop yescred zoicici"
)

BANKS = words(
    "ABHY AIRP ALLA ANDB APGB APMC AUBL BACB BARB BCBM BDBL BKDN BKID CBIN CITI CIUB CLBL CNRB"
    " CORP CRES CSBK DBSS DCBL DEUT DLXB ESFB ESMF FDRL FINO FSFB HDFC HSBC IBKL ICIC IDFB IDIB"
    " INDB IOBA IPOS JAKA JIOP JSFB KARB KKBK KVBL KVGB LAVB MAHB NESF NSPB NTBL ORBC PMCB PSIB"
    " PUNB PYTM RATN SBBJ SBHY SBIN SBMY SBTR SCBL SIBL SRCB STBP SURY SVCB SYNB TJSB TMBL UBIN"
    " UCBA UJVN USFB UTBI UTIB VIJB YESB"
)
"""The first four letters of an IFSC."""

_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
IBAN_LENGTHS = {
    country: length for length, countries in _BY_LENGTH.items() for country in words(countries)
}
"""ISO 13616, by country, as SWIFT's registry has them."""
