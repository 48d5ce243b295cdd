"""
What a node is to the Graph API: fields with values, edges with rows, and who looks at them.

A field that is known and has no value is left out; one that is unknown fails the call. An edge can be read
by its own path, or inside `fields` of its node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wa_doctor.sandbox.exchange import no_field
from wa_doctor.sandbox.fields import Field, within
from wa_doctor.sandbox.paging import part, size

if TYPE_CHECKING:
    from wa_doctor.sandbox.world import App, Token, World

Node = TypeVar("Node")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """
    Who looks at the world: answers may depend on the app that asks.

    `token` is None for an app token. `params` are those of the call, for edges that filter.
    """

    world: World
    app: App
    token: Token | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge(Generic[Node]):
    """
    A list that hangs on a node.

    `paged` says whether its answers carry cursors. `summary` gives what the parameter `summary` can ask for.
    """

    rows: Callable[[View, Node, tuple[Field, ...]], Rows]
    paged: bool = True
    summary: Callable[[View, Node], dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Kind(Generic[Node]):
    """
    A node type.

    `default` are the fields it answers with when none is asked for. `fields` gives each known field and how
    its value is found.
    """

    name: str
    default: tuple[str, ...]
    fields: Mapping[str, Callable[[View, Node], Any]]
    edges: Mapping[str, Edge[Node]] = field(default_factory=dict)

    def read(self, view: View, node: Node, wanted: tuple[Field, ...]) -> dict[str, Any]:
        """
        Answer a GET on one node; `id` comes along whatever is asked.

        Raises:
            Refusal: a field is unknown here (100).

        """
        answer: dict[str, Any] = {}
        for each in (*(wanted or tuple(map(Field, self.default))), Field("id")):
            value = self._value(view, node, each)
            if value not in ("", None):
                answer[each.name] = value
        return answer

    def edge(self, name: str) -> Edge[Node]:
        """
        Return an edge.

        Raises:
            Refusal: it is unknown here (100).

        """
        if name not in self.edges:
            raise no_field(name, self.name)
        return self.edges[name]

    def _value(self, view: View, node: Node, wanted: Field) -> Any:
        if wanted.name in self.fields:
            return within(self.fields[wanted.name](view, node), wanted.inside)
        edge = self.edge(wanted.name)
        rows = edge.rows(view, node, wanted.inside)
        return part(rows, 0, size(wanted.limit)) if edge.paged else {"data": rows}


def attribute(name: str) -> Callable[[View, Any], Any]:
    """Make a field of what the world says under a name."""
    return partial(_attribute, name)


def _attribute(name: str, _view: View, node: object) -> Any:
    return getattr(node, name)


def constant(value: object) -> Callable[[View, Any], Any]:
    """Make a field that says the same of every node; None is a field that is known and never has a value."""
    return lambda _view, _node: value
