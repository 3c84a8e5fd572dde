from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import ParameterError, PluginError, UnknownNameError
from adbench.api.params import describe, is_grid, resolve


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of a toy."""

    beta: float = 1.0  # weight of the KL term, equation 3
    latent: int = 15  # Table 1
    shuffle: bool = True
    loss: Literal["l1", "l2"] = "l1"  # Chamfer distance
    widths: tuple[int, ...] = (32, 16)  # hidden layers # of the encoder
    window: tuple[float, float] = (0.0, 1.0)
    limit: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if self.latent < 1:
            msg = "latent must be at least 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Wider(Params):
    """Parameters of a toy that inherits."""

    extra: int = 0  # one more


@pytest.mark.parametrize(
    ("name", "given_value", "value"),
    [
        ("beta", "0.5", 0.5),
        ("beta", 2, 2.0),
        ("beta", "1e-3", 1e-3),
        ("latent", "7", 7),
        ("latent", "1e3", 1000),
        ("latent", 4.0, 4),
        ("latent", "9007199254740993", 9007199254740993),
        ("shuffle", "no", False),
        ("shuffle", "True", True),
        ("shuffle", False, False),
        ("loss", "l2", "l2"),
        ("widths", "64, 32, 8", (64, 32, 8)),
        ("widths", [3], (3,)),
        ("widths", "", ()),
        ("window", "0.1,0.9", (0.1, 0.9)),
        ("limit", "none", None),
        ("limit", "3", 3.0),
        ("limit", 2, 2.0),
        ("label", "x", "x"),
    ],
)
def test_values_are_converted_to_the_type_of_the_field(name, given_value, value):
    resolved = getattr(resolve(Params, {name: given_value}), name)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta", "strong"),
        ("beta", True),
        ("beta", "inf"),
        ("beta", float("nan")),
        ("latent", "1.5"),
        ("latent", True),
        ("latent", [1]),
        ("latent", "inf"),
        ("latent", float("inf")),
        ("shuffle", "maybe"),
        ("shuffle", 2),
        ("loss", "l3"),
        ("widths", "a,b"),
        ("window", "1"),
        ("limit", "soon"),
        ("label", 3),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(name, value):
    with pytest.raises(ParameterError, match=f"parameter {name}=.* of toy is no "):
        resolve(Params, {name: value}, "toy")


def test_unknown_parameters_and_refused_values():
    with pytest.raises(UnknownNameError, match=r"no parameter of toy 'betta'\. Did you mean beta"):
        resolve(Params, {"betta": 1}, "toy")
    with pytest.raises(ParameterError, match="parameters of toy: latent must be at least 1"):
        resolve(Params, {"latent": 0}, "toy")


@pytest.mark.parametrize("refusal", [ValueError, TypeError, AssertionError, ZeroDivisionError])
def test_whatever_a_dataclass_raises_refuses_the_value(refusal):
    @dataclass(frozen=True)
    class Picky:
        share: float = 0.5

        def __post_init__(self):
            if self.share > 1:
                raise refusal("share is above 1")

    with pytest.raises(ParameterError, match="parameters of toy: share is above 1"):
        resolve(Picky, {"share": 2}, "toy")


@pytest.mark.parametrize("hint", [list[int], list, set, dict[str, int], tuple, list[int] | None, tuple[set, ...]])
def test_a_type_that_no_parameter_can_have_is_named_with_those_that_it_can(hint):
    made = make_dataclass("Made", [("value", hint, None)], frozen=True)
    with pytest.raises(ParameterError, match=r"of toy is no .*, a type that no parameter can have; .* tuple\[...\] of"):
        resolve(made, {"value": "3"}, "toy")


def test_a_type_that_cannot_be_read_is_the_plugins_fault():
    made = make_dataclass("Made", [("value", "NoSuchType", None)], frozen=True)
    with pytest.raises(PluginError, match="types of the parameters of toy cannot be read: NameError"):
        resolve(made, {}, "toy")
    with pytest.raises(PluginError, match="types of the parameters of Made cannot be read"):
        describe(made)


def test_no_overrides_give_the_defaults():
    assert resolve(Params, {}) == Params()


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, st.integers(1), st.booleans(), st.lists(st.integers(), max_size=4))
def test_what_is_printed_can_be_given_again(beta, latent, shuffle, widths):
    first = Params(beta=beta, latent=latent, shuffle=shuffle, widths=tuple(widths))
    text: dict[str, Any] = {
        "beta": repr(beta),
        "latent": str(latent),
        "shuffle": str(shuffle),
        "widths": ",".join(map(str, widths)),
    }
    assert resolve(Params, text) == first


def test_descriptions_carry_the_comments():
    described = {parameter.name: parameter for parameter in describe(Params)}
    assert described["beta"].doc == "weight of the KL term, equation 3"
    assert described["shuffle"].doc == ""
    assert described["widths"].doc == "hidden layers # of the encoder"
    assert described["loss"].default == "l1"
    assert described["limit"].type == "float | None"
    assert [parameter.name for parameter in describe(Wider)][-1] == "extra"
    assert describe(Wider)[0].doc == "weight of the KL term, equation 3"


def test_a_list_spans_a_grid_where_the_field_takes_none():
    assert is_grid(Params, "beta", [0.1, 1.0])
    assert is_grid(Params, "widths", [[32], [64, 32]])
    assert not is_grid(Params, "widths", [32, 16])
    assert not is_grid(Params, "beta", 0.1)
