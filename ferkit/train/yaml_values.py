"""YAML of settings and recipes, read within limits: no aliases, no depth and no size that would fill the memory."""

from typing import Any

import yaml

from ferkit.errors import ConfigError, shown

__all__ = ["read_yaml"]

MAX_CHARACTERS = 20_000
MAX_DEPTH = 12


class _Loader(yaml.SafeLoader):
    """Refuses aliases, from which nine lines make a billion values, and deep nesting."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError(f"it is nested more than {MAX_DEPTH} levels deep")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_yaml(text: str, source: str) -> Any:
    """The value that `text` holds. Raises ConfigError, naming the source, where YAML cannot read it within the
    limits."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"{source} has {len(text):,} characters; settings have at most {MAX_CHARACTERS:,}.")
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ConfigError(f"{source} is not valid YAML: {shown(reason, 130)}.") from error
