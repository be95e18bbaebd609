"""Reading the project's own files: syntax trees, strings, tables, what is tracked."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "orderveil"


@cache
def modules():
    """Every module of the package that is not empty, by its path inside it: text and tree."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if text.strip():
            found[path.relative_to(SOURCE).as_posix()] = (text, ast.parse(text))
    return found


def written():
    """The modules that people wrote: no migrations."""
    return {name: pair for name, pair in modules().items() if "/migrations/" not in name}


@cache
def _walked():
    return [(name, node) for name, (_, tree) in written().items() for node in ast.walk(tree)]


def nodes(kind):
    """(module, node) for every node of this kind."""
    return ((name, node) for name, node in _walked() if isinstance(node, kind))


@cache
def tables():
    """The names of all tables, as the migrations make them."""
    made = set()
    for name, (text, _) in modules().items():
        if "/migrations/" in name:
            made |= set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text))
            made |= set(re.findall(r'"db_table": "(\w+)"', text))
    return made


def strings(tree):
    """Every string of a module that is not a docstring, parts of f-strings too."""
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in prose:
            yield node.value


def tables_named(tree):
    """The tables that a module's strings name."""
    words = {word for text in strings(tree) for word in re.findall(r"\w+", text)}
    return words & tables()


def prefixes_named(tree):
    """The folders whose tables a module's strings name."""
    return {table.split("_")[0] for table in tables_named(tree)}


def public_definitions(tree):
    """(dotted name, node) of the public functions and classes, methods too."""

    def inside(body, path):
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or node.name == "Meta":
                continue
            yield path + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from inside(node.body, f"{path}{node.name}.")

    return inside(tree.body, "")


def imports(tree):
    """Every module that a module imports, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def tracked():
    """Every tracked text file by its path, with its text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    found = {}
    for name in filter(None, listed.split("\0")):
        raw = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b"\0"
        if b"\0" not in raw:
            found[name] = raw.decode("utf-8")
    return found


def tests():
    """Every tracked module of the tests by its path, with its text."""
    return {
        name: text
        for name, text in tracked().items()
        if name.startswith("tests/") and name.endswith(".py")
    }
