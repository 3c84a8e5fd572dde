"""YAML whose mappings know the lines of their keys, so that a mistake is answered with its line."""

from __future__ import annotations

import re
from typing import Any

import yaml

__all__ = ["Located", "empty", "read_located", "written_plainly"]


class Located(dict[str, Any]):
    """A mapping that remembers the line of each key, and of each item of a list behind it."""

    lines: dict[str, int]
    item_lines: dict[str, list[int]]


class _Loader(yaml.SafeLoader):
    """A safe loader whose mappings are `Located` and refuse to hold a key twice; a study has no aliases.

    A dozen lines of aliases can stand for more nodes than there is memory.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: yaml.AliasEvent = self.peek_event()  # type: ignore[no-untyped-call]
            problem = f"aliases such as *{event.anchor} are not used here; write the value again"
            raise yaml.constructor.ConstructorError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
        return super().compose_node(parent, index)


def empty() -> Located:
    """Return a mapping without keys."""
    found = Located()
    found.lines, found.item_lines = {}, {}
    return found


def _located(loader: _Loader, node: yaml.MappingNode) -> Located:
    found = empty()
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node))
        line = key_node.start_mark.line + 1
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands here twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
        items = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
        found.item_lines[key] = [item.start_mark.line + 1 for item in items]
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _located)

# YAML 1.1 reads 1:4 as 64 (base 60), 010 as 8 and 1e-3 as text; here a number is what it looks like.
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_DIGITS = list("-+.0123456789")
_Loader.add_implicit_resolver(_NUMBERS[0], re.compile(r"[-+]?(0|[1-9][0-9]*)$"), _DIGITS)
_Loader.add_implicit_resolver(
    _NUMBERS[1], re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?$"), _DIGITS
)


def read_located(text: str) -> Any:
    """Return what a text of YAML holds.

    Raises:
        yaml.MarkedYAMLError: it is no YAML, holds a key twice or an alias; with the line.
    """
    return yaml.load(text, _Loader)


class _Dumper(yaml.SafeDumper):
    """A safe dumper that writes a value as often as it occurs."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written_plainly(content: Any) -> str:
    """Return content as YAML without aliases, keys in their order."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False)
