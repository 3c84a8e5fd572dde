from __future__ import annotations

import pytest

from adbench.api import UnknownNameError


def test_lookups(schema):
    assert [schema.object_index(name) for name in ("pt", "eta", "phi")] == [0, 1, 2]
    assert [schema.kind_code(name) for name in ("j", "b", "e-")] == [1, 2, 3]
    assert schema.feature_index("met_phi") == 1
    assert schema.has_feature("met")
    assert not schema.has_feature("pt")
    assert schema.has_object_feature("pt")
    assert not schema.has_object_feature("met")


@pytest.mark.parametrize(
    ("lookup", "name", "message"),
    [
        ("object_index", "fi", r"no object feature 'fi'\. .*All: eta, phi, pt"),
        ("feature_index", "mett", r"no event feature 'mett'\. Did you mean met"),
        ("kind_code", "mu+", r"no kind of object 'mu\+'\. .*All: b, e-, j"),
    ],
)
def test_unknown_names_are_answered_with_what_there_is(schema, lookup, name, message):
    with pytest.raises(UnknownNameError, match=message):
        getattr(schema, lookup)(name)
