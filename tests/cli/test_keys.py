"""Rotating keys at the command line."""


def rotated(shop):
    done = shop.json("keys", "rotate")
    (root,) = shop.json("keys", "status")
    return done, root


def test_rotating_twice_leaves_every_order_readable(shop, one):
    """Each run makes new epoch and root keys and destroys the old; the order opens after both."""
    versions = {shop.json("keys", "status")[0]["version"]}
    for _ in range(2):
        done, root = rotated(shop)
        assert done["epochs"]["acme"]["rewrapped"] == 1
        assert len(done["epochs"]["acme"]["destroyed"]) == 1
        assert len(done["root"]["destroyed"]) == 1
        versions.add(root["version"])
        assert shop.json("view", "oms", one, "--reason", "check")["fields"]["city"] == "Pune"
    assert len(versions) == 3


def test_a_rotation_of_the_root_is_on_the_installations_log(shop):
    """The installation's log tells who rotated the root; epoch keys stay as they are."""
    assert shop.json("keys", "rotate", "--root")["epochs"] == {}
    (act,) = shop.json("ledger", "list", "--installation")
    assert act["kind"] == "root_rotated"
    assert act["person"].startswith("machine:")


def test_epoch_keys_of_one_brand_are_rotated_alone(shop):
    """--epoch --brand touches neither the root nor another brand."""
    done = shop.json("keys", "rotate", "--epoch", "--brand", "acme")
    assert done["root"] is None
    assert list(done["epochs"]) == ["acme"]
    assert shop.json("ledger", "list", "--installation") == []
