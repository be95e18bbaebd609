"""The few files of the pages: served as they are, kept by version, nothing else remembered."""

import pytest

from orderveil.web import assets
from people.door import visitor


@pytest.mark.parametrize("name", sorted(assets._files()))
def test_every_file_is_served(db, name):
    """With its type; under its version it may be kept for good."""
    del db
    answer = visitor().get(f"/static/{name}", {"v": assets.version(name)})
    assert answer.status_code == 200
    assert answer.content
    assert "immutable" in answer["Cache-Control"]


def test_nothing_is_remembered_of_names_that_are_no_files(db):
    """Anybody may ask for any number of them."""
    del db
    before = assets._content.cache_info().currsize
    for number in range(50):
        assert visitor().get(f"/static/no-such-{number}.css").status_code == 404
    assert assets._content.cache_info().currsize == before
