"""Where the text of the pages comes from: follows it from what Streamlit draws as Markdown back to its sources.

Text is ours where it is a constant, a number in the house's number words, or has gone through ``escape``. Names are
followed to what they were given, calls to what the called function returns, parameters to every caller; whatever is
left over is a leak. It errs on the side of asking: what cannot be followed is one.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import streamlit as st

from tests.security.bindings import Function, Module, given, own_nodes, parameters, parts

SHOWN = {"label", "help", "body", "text", "title", "delta", "caption", "captions", "tabs"}  # read as Markdown
OPTIONS = {"radio", "pills", "segmented_control", "menu_button"}  # whose options are, too
ELEMENTS = (
    "title header subheader markdown caption write info error warning success toast button download_button link_button "
    "page_link metric expander popover tabs radio selectbox multiselect pills segmented_control checkbox toggle "
    "number_input text_input text_area slider select_slider date_input time_input datetime_input color_picker "
    "file_uploader camera_input audio_input chat_input spinner status progress image dialog form_submit_button badge "
    "feedback menu_button text html exception"
).split()
ESCAPES = "pages.ui.parts.text"  # the module whose ``escape`` is the one way
NUMBERS = {
    "count", "decimal", "signed", "significant", "percent", "of", "points", "times", "money", "money_short", "size",
    "duration", "ordinal", "number_word", "len", "int", "float", "round", "bool", "isinstance", "range",
}  # fmt: skip
PASSING = {
    "join_and", "numbers_or", "plural", "between", "str", "join", "list", "tuple", "sorted", "reversed", "zip", "enumerate",
    "set", "dict", "next", "iter", "min", "max", "strip", "removesuffix", "removeprefix", "capitalize",
    "lower", "upper", "format", "get", "items", "values", "keys", "lstrip", "rstrip", "title", "restyled",
}  # fmt: skip


@dataclass(frozen=True)
class Root:
    """Where a text comes from: a parameter of a function, or a leak."""

    where: str
    what: str
    function: Function | None = None


Roots = frozenset[Root]
OURS: Roots = frozenset()


@dataclass(eq=False)
class Flow:
    """The pages, followed.

    ``own`` says which calls and attributes hold text of ours, each with a reason; ``used`` collects those met.
    """

    modules: Mapping[str, Module]
    own: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    _known: dict[ast.expr, Roots] = field(default_factory=dict)
    _open: set[ast.expr] = field(default_factory=set)
    _circle: bool = False

    @classmethod
    def of(cls, texts: Mapping[str, str], own: Mapping[str, str]) -> Flow:
        """From the text of each module by its dotted name."""
        return cls({name: Module(name, ast.parse(text)) for name, text in texts.items()}, own)

    def leaks(self) -> list[str]:
        """Every text that reaches Markdown without having been escaped."""
        todo = [
            (root, f"{module.name}:{call.lineno} {ast.unparse(call.func)}")
            for module in self.modules.values()
            for call in ast.walk(module.tree)
            if isinstance(call, ast.Call)
            for root in self.shown(call, module)
        ]
        found, done = set(), set()
        while todo:
            root, drawn = todo.pop()
            if root.function is None:
                found.add(f"{drawn}: {root.what} ({root.where})")
            elif root not in done:
                done.add(root)
                todo += [(further, drawn) for further in self.handed(root)]
        return sorted(found)

    def shown(self, call: ast.Call, module: Module) -> Roots:
        """Roots of everything a call draws as Markdown; none where it draws nothing."""
        if not isinstance(call.func, ast.Attribute) or self._is_ours(call.func.value, module):
            return OURS
        name, scopes = call.func.attr, module.functions_around(call)
        if name.endswith("Column") and "column_config" in ast.unparse(call.func):
            signature, wanted = inspect.signature(getattr(st.column_config, name)), {"help"}
        elif name in ELEMENTS and hasattr(st, name):
            signature, wanted = inspect.signature(getattr(st, name)), set(SHOWN)
            wanted |= {"value"} if name == "metric" else {"args"} if name == "write" else set()
        else:
            return OURS
        said = dict(zip(signature.parameters, call.args, strict=False)) | dict(
            self._named(call, module, scopes)
        )
        texts = [value for key, value in said.items() if key in wanted or key is None]
        texts += call.args if name == "write" else [a for a in call.args if isinstance(a, ast.Starred)]
        roots = self.union(texts, module, scopes)
        return roots | self._options(said, module, scopes) if name in OPTIONS else roots

    def _named(
        self, call: ast.Call, module: Module, scopes: list[ast.AST]
    ) -> Iterator[tuple[str | None, ast.expr]]:
        """Named arguments, those too that a function of the pages gives as a dictionary."""
        for keyword in call.keywords:
            target = (
                self.function(keyword.value.func, module, scopes)
                if isinstance(keyword.value, ast.Call)
                else None
            )
            body = [] if keyword.arg or target is None else target.body
            if body and isinstance(body[-1], ast.Return) and isinstance(body[-1].value, ast.Dict):
                for key, value in zip(body[-1].value.keys, body[-1].value.values, strict=True):
                    yield getattr(key, "value", None), value
            else:
                yield keyword.arg, keyword.value

    def _options(self, said: Mapping[str, ast.expr], module: Module, scopes: list[ast.AST]) -> Roots:
        """Options as they are written: by ``format_func`` where there is one."""
        write = said.get("format_func")
        if write is None:
            return self.roots(said["options"], module, scopes)
        if isinstance(write, ast.Lambda):
            return self._returned(write, ast.Call(write, [said["options"]], []), module, scopes, module)
        return self.roots(ast.Call(write, [said["options"]], []), module, scopes)

    def handed(self, root: Root) -> Iterator[Root]:
        """What the callers hand to a parameter; a leak where the function travels as a value."""
        for module, node, scopes in self._mentions.get(root.function, []):
            call = self._call_of(node, module)
            if call is not None:
                yield from self._argument(root, call, module, scopes)
            else:
                yield Root(
                    f"{module.name}:{node.lineno}", f"{ast.unparse(node)} travels with “{root.what}” open"
                )

    @cached_property
    def _mentions(self) -> dict[ast.AST, list[tuple[Module, ast.expr, list[ast.AST]]]]:
        """Where each function of the pages is named."""
        found: dict[ast.AST, list[tuple[Module, ast.expr, list[ast.AST]]]] = {}
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    scopes = module.functions_around(node)
                    if target := self.function(node, module, scopes):
                        found.setdefault(target, []).append((module, node, scopes))
        return found

    def _call_of(self, node: ast.expr, module: Module) -> ast.Call | None:
        """The call of a function named here: directly, by ``partial`` or through ``st.fragment``."""
        parent = module.parents[node]
        if not isinstance(parent, ast.Call):
            return None
        if parent.func is node:
            return parent
        if node in parent.args[:1] and ast.unparse(parent.func) == "partial":
            return ast.Call(node, parent.args[1:], parent.keywords)
        outer = module.parents[parent]
        if (
            node in parent.args[:1]
            and ast.unparse(parent.func) == "st.fragment"
            and isinstance(outer, ast.Call)
        ):
            return outer
        return None

    def _argument(self, root: Root, call: ast.Call, module: Module, scopes: list[ast.AST]) -> Roots:
        """What a call hands to one parameter, or its default."""
        arguments = root.function.args
        places = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        if root.what in named:
            return self.roots(named[root.what], module, scopes)
        if arguments.vararg and root.what == arguments.vararg.arg:
            return self.union(call.args[len(places) :], module, scopes)
        starred = [a for a in call.args if isinstance(a, ast.Starred)] + [
            v for k, v in named.items() if k is None
        ]
        at = places.index(root.what) if root.what in places else len(call.args)
        if at < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args[: at + 1]):
            return self.roots(call.args[at], module, scopes)
        if starred:
            return self.union(starred, module, scopes)
        defaults = dict(zip(places[::-1], arguments.defaults[::-1], strict=False))
        defaults |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
        if root.what in defaults:
            return self.roots(defaults[root.what], module, [module.tree])
        return frozenset(
            {Root(f"{module.name}:{getattr(call, 'lineno', '?')}", f"“{root.what}” is handed later")}
        )

    def union(self, values: Iterable[ast.expr], module: Module, scopes: list[ast.AST]) -> Roots:
        """The roots of several texts."""
        return frozenset(chain.from_iterable(self.roots(value, module, scopes) for value in values))

    def roots(self, value: ast.expr, module: Module, scopes: list[ast.AST]) -> Roots:
        """Where a text comes from; each expression is followed once."""
        if value in self._known:
            return self._known[value]
        if value in self._open:  # a text that grows by itself comes from what it began with
            self._circle = True
            return OURS
        self._open.add(value)
        found = self._follow(value, module, scopes)
        self._open.discard(value)
        self._circle = self._circle and bool(self._open)
        if not self._circle:
            self._known[value] = found
        return found

    def _follow(self, value: ast.expr, module: Module, scopes: list[ast.AST]) -> Roots:
        inside = parts(value)
        if inside is not None:
            return self.union(inside, module, scopes)
        if isinstance(value, ast.Name):
            return self._name(value, module, scopes)
        if isinstance(value, ast.Call):
            return self._call(value, module, scopes)
        return self._trusted(ast.unparse(value), value, module)

    def _name(self, value: ast.Name, module: Module, scopes: list[ast.AST]) -> Roots:
        for at, scope in enumerate(scopes):
            found = given(scope)
            roots = self.union(found.get(value.id, []), module, scopes[at:])
            if isinstance(scope, Function) and value.id in parameters(scope):
                return roots | {Root(module.name, value.id, scope)}
            if value.id in found:
                return roots
        if value.id.lstrip("_").isupper() and value.id in module.imports:
            return OURS  # a constant of a module is written by us
        return frozenset({Root(f"{module.name}:{getattr(value, 'lineno', '?')}", value.id)})

    def _call(self, call: ast.Call, module: Module, scopes: list[ast.AST]) -> Roots:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        target = self.function(call.func, module, scopes)
        if name in ("escape", "unbroken") and target is not None and self._home(target).name == ESCAPES:
            return OURS if name == "escape" else self.union(call.args, module, scopes)
        if isinstance(target, ast.ClassDef):
            return self.union([*call.args, *(keyword.value for keyword in call.keywords)], module, scopes)
        if isinstance(target, Function):
            return self._returned(target, call, module, scopes, self._home(target))
        if name in NUMBERS and isinstance(call.func, ast.Name):
            return OURS
        if name in PASSING:
            texts = [
                *call.args,
                *(k.value for k in call.keywords if k.arg not in ("most", "key", "strict", "reverse")),
            ]
            if isinstance(call.func, ast.Attribute):
                texts = [*(texts[1:] if name == "get" else texts), call.func.value]
            return self.union(texts[1:] if name == "plural" else texts, module, scopes)
        return self._trusted(f"{ast.unparse(call.func)}()", call, module)

    def _returned(
        self, function: Function, call: ast.Call, module: Module, scopes: list[ast.AST], home: Module
    ) -> Roots:
        """What a call gives back: the function's own text, and what of it comes from the arguments."""
        if isinstance(function, ast.Lambda):
            values = [function.body]
        else:
            kinds = ast.Return | ast.Yield | ast.YieldFrom
            values = [node.value for node in own_nodes(function) if isinstance(node, kinds) and node.value]
        inner = [function, *home.functions_around(function)]
        roots = self.union(values, home, inner)
        mine = {root for root in roots if root.function is function}
        handed = chain.from_iterable(self._argument(root, call, module, scopes) for root in mine)
        return (roots - mine) | frozenset(handed)

    def _trusted(self, text: str, value: ast.expr, module: Module) -> Roots:
        """Text that is ours by name, else a leak."""
        if isinstance(value, ast.Attribute) and value.attr.isupper() and self._is_ours(value.value, module):
            return OURS  # a constant of a module is written by us
        for name in self.own:
            if text == name or text.endswith(f".{name}"):
                self.used.add(name)
                return OURS
        return frozenset({Root(f"{module.name}:{getattr(value, 'lineno', '?')}", text)})

    def function(
        self, value: ast.expr, module: Module, scopes: list[ast.AST]
    ) -> Function | ast.ClassDef | None:
        """The function or class of the pages that a name means here."""
        if isinstance(value, ast.Name):
            for scope in scopes:
                if value.id in given(scope) or (
                    isinstance(scope, Function) and value.id in parameters(scope)
                ):
                    return None
                for node in scope.body if isinstance(scope.body, list) else []:
                    if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == value.id:
                        return node
            dotted = module.imports.get(value.id, "")
        elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            dotted = f"{module.imports.get(value.value.id, '')}.{value.attr}"
        else:
            return None
        home, _, name = dotted.rpartition(".")
        body = self.modules[home].tree.body if home in self.modules else []
        return next(
            (n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name), None
        )

    def _home(self, function: ast.AST) -> Module:
        return next(module for module in self.modules.values() if function in module.parents)

    def _is_ours(self, receiver: ast.expr, module: Module) -> bool:
        """Whether a method belongs to a module of ours or to the log, and so is no element of a page."""
        text = ast.unparse(receiver)
        ours = module.imports.get(text, "").startswith(("pages.", "segcore."))
        return ours or text == "cached.runner()" or "logging" in text


def pages(root: Path) -> dict[str, str]:
    """The text of every file of the pages by its dotted name."""
    files = [root / "app.py", *sorted((root / "pages").rglob("*.py"))]
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in files
    }
