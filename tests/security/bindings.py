"""What an expression is made of, and what each name in a page's file is given: in loops, by lists that grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

Function = ast.FunctionDef | ast.Lambda
NUMERIC = re.compile(r"'(%.+|.*[df%,])'$")  # formats that only a number or a moment takes
PARTS: dict[type[ast.expr], Callable[..., list[ast.expr]]] = {
    ast.Constant: lambda value: [],
    ast.Compare: lambda value: [],
    ast.UnaryOp: lambda value: [],
    ast.Lambda: lambda value: [],
    ast.JoinedStr: lambda value: value.values,
    ast.FormattedValue: lambda value: (
        [] if value.format_spec and NUMERIC.search(ast.unparse(value.format_spec)) else [value.value]
    ),
    ast.Starred: lambda value: [value.value],
    ast.NamedExpr: lambda value: [value.value],
    ast.Subscript: lambda value: [value.value],
    ast.BinOp: lambda value: [value.left, value.right],
    ast.BoolOp: lambda value: value.values,
    ast.IfExp: lambda value: [value.body, value.orelse],
    ast.List: lambda value: value.elts,
    ast.Tuple: lambda value: value.elts,
    ast.Set: lambda value: value.elts,
    ast.Dict: lambda value: [*(key for key in value.keys if key), *value.values],
    ast.ListComp: lambda value: [value.elt],
    ast.GeneratorExp: lambda value: [value.elt],
    ast.SetComp: lambda value: [value.elt],
    ast.DictComp: lambda value: [value.key, value.value],
}


def parts(value: ast.expr) -> list[ast.expr] | None:
    """What an expression is made of where that alone decides whose text it is; None otherwise."""
    inside = PARTS.get(type(value))
    return None if inside is None else inside(value)


@dataclass(frozen=True, eq=False)
class Module:
    """A page's file."""

    name: str
    tree: ast.Module

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name in this file to dotted name."""
        return {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def functions_around(self, node: ast.AST) -> list[ast.AST]:
        """The functions a node stands in, innermost first, then the file."""
        found = []
        while node in self.parents:
            inner, node = node, self.parents[node]
            if (
                isinstance(node, Function)
                and inner is not node.args
                and inner not in getattr(node, "decorator_list", ())
            ):
                found.append(node)
        return [*found, self.tree]


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function without those of functions in it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            yield from own_nodes(node)


def pairs(target: ast.expr, value: ast.expr, each: bool) -> Iterator[tuple[str, ast.expr]]:
    """Names in a target with what they are given; ``each``: an element of the value."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from pairs(target.value, value, each)
    elif isinstance(target, ast.Tuple | ast.List):
        parts = columns(value, len(target.elts), each)
        for inner, part in zip(target.elts, parts, strict=True):
            yield from pairs(inner, part, each and part is not value and not isinstance(part, ast.Constant))
    elif isinstance(target, ast.Subscript):
        yield from pairs(target.value, value, each)


def columns(value: ast.expr, width: int, each: bool) -> list[ast.expr]:
    """What each place of a tuple to unpack is given; the whole value where they cannot be told apart."""
    if not each and isinstance(value, ast.Tuple) and len(value.elts) == width:
        return value.elts
    if each and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id == "zip" and len(value.args) == width:
            return value.args
        if value.func.id == "enumerate":
            return [ast.Constant(0), value.args[0]]
    if (
        each
        and isinstance(value, ast.Tuple | ast.List)
        and all(isinstance(e, ast.Tuple) and len(e.elts) == width for e in value.elts)
    ):
        return [ast.Tuple([row.elts[at] for row in value.elts], ast.Load()) for at in range(width)]
    return [value] * width


@cache
def parameters(function: Function) -> frozenset[str]:
    """Names of everything a function takes."""
    return frozenset(node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg))


@cache
def given(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """Everything each name of a function is given, growing lists and dictionaries too."""
    found: dict[str, list[ast.expr]] = {}
    for node in own_nodes(scope):
        if (
            isinstance(node, ast.For)
            and isinstance(node.iter, ast.Name)
            and len(found.get(node.iter.id, [])) == 1
        ):
            node = ast.For(node.target, found[node.iter.id][0])  # a table written down before the loop
        for name, value in bound(node):
            found.setdefault(name, []).append(value)
    return found


def bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names a node gives something to."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from pairs(target, node.value, False)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield from pairs(node.target, node.value, False)
    elif isinstance(node, ast.For | ast.comprehension):
        yield from pairs(node.target, node.iter, True)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from pairs(node.optional_vars, node.context_expr, False)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name, ast.Attribute(ast.Name("caught"), "error")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("append", "extend", "insert", "update", "setdefault") and isinstance(
            node.func.value, ast.Name
        ):
            for value in node.args:
                yield node.func.value.id, value
