"""Where items lie, at the command line."""


def test_a_table_is_set_from_a_file(shop, tmp_path):
    """It says what became of each item, and ends with 1 if one was refused."""
    shop("partner", "add", "depot", "--hop", "wms", "--own")
    table = tmp_path / "places.csv"
    table.write_text("sku,location\nKUR,A-1\nSCA,B-2\n", "utf-8")
    done = shop.json("warehouse", "locations", table, "--partner", "depot")
    assert done == {"written": 2, "removed": 0, "unchanged": 0, "refused": []}
    table.write_text("sku,location\nKUR,A-9\n,B-2\n", "utf-8")
    told = shop("warehouse", "locations", table, "--partner", "depot", exit_code=1).output
    assert "1 set, 0 taken off, 0 unchanged, 1 refused." in told
    assert "1 to 100 characters" in told


def test_only_a_partner_that_packs_has_a_warehouse(shop, tmp_path):
    """Any other is refused by name."""
    shop("partner", "add", "post", "--hop", "courier", "--own")
    table = tmp_path / "places.json"
    table.write_text('{"locations": []}', "utf-8")
    assert "wms" in shop("warehouse", "locations", table, "--partner", "post", exit_code=1).output
