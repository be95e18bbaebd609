import pytest

from core.detect import checksums


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (checksums.with_luhn("7992739871"), "79927398713"),
        (checksums.with_luhn("411111111111111"), "4111111111111111"),
        (checksums.with_verhoeff("236"), "2363"),
        (checksums.with_verhoeff("12345"), "123451"),
        (checksums.with_gstin_check("27AAPFU0939F1Z"), "27AAPFU0939F1ZV"),
        (checksums.iban("GB", "WEST12345698765432"), "GB82WEST12345698765432"),
        (checksums.iban("DE", "370400440532013000"), "DE89370400440532013000"),
        (checksums.with_ean("400638133393"), "4006381333931"),
        (checksums.with_ean("03600029145"), "036000291452"),
        (checksums.with_ean("7351353"), "73513537"),
        (checksums.with_isbn10("030640615"), "0306406152"),
        (checksums.with_s10("RR", "47312482", "GB"), "RR473124829GB"),
    ],
)
def test_check_digits_are_those_of_published_numbers(made, published):
    """The corpus's checksums agree with examples that others have published."""
    assert made == published
