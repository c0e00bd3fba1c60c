from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "nifi" / "extensions"
LIBRARIES = "NAR-INF/bundled-dependencies/"


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The builder without its one download."""
    spec = importlib.util.spec_from_file_location("build_nar", EXTENSIONS / "build_nar.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def install(target: Path) -> None:
        (target / "somelib").mkdir()
        (target / "somelib" / "__init__.py").write_text("ANSWER = 42\n")

    monkeypatch.setattr(module, "_install", install)
    return module


@pytest.fixture
def nar(builder: ModuleType, tmp_path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(builder.build(tmp_path / "made" / "ours.nar"))


def test_the_same_sources_give_the_same_bytes(builder: ModuleType, tmp_path: Path) -> None:
    one, two = builder.build(tmp_path / "1.nar"), builder.build(tmp_path / "2.nar")
    assert one.read_bytes() == two.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.nar", "2.nar"]


def test_a_folder_comes_before_what_is_in_it(nar: zipfile.ZipFile) -> None:
    seen = {"./"}
    for name in nar.namelist():
        parent = f"{Path(name).parent.as_posix()}/"
        assert parent in seen, name
        seen.add(name)


def test_processors_stand_at_the_root_and_libraries_where_nifi_looks(nar: zipfile.ZipFile) -> None:
    names = nar.namelist()
    processors = {name for name in names if "/" not in name}
    assert processors == {p.name for p in EXTENSIONS.glob("*.py")} - {"build_nar.py"}
    assert LIBRARIES + "somelib/__init__.py" in names
    assert LIBRARIES + "headwater/feed/transform.py" in names
    manifest = nar.read("META-INF/MANIFEST.MF").decode()
    assert re.search(r"^Nar-Version: \d+\.\d+\.\d+\r$", manifest, re.MULTILINE)


def test_nothing_in_it_needs_what_is_not_in_it(nar: zipfile.ZipFile, tmp_path: Path) -> None:
    nar.extractall(tmp_path / "nar")
    home = tmp_path / "nar" / LIBRARIES
    for name in ("pymysql", "jmespath"):
        stub = "from typing import Any\ndef __getattr__(name): return Any\n"
        (home / f"{name}.py").write_text(stub if name == "jmespath" else _PYMYSQL)
    modules = [
        path.relative_to(home).with_suffix("").as_posix().replace("/", ".")
        for path in (home / "headwater").rglob("*.py")
    ]
    code = f"import sys; sys.path.insert(0, {str(home)!r}); import {', '.join(modules)}"
    if importlib.util.find_spec("jmespath"):
        (home / "jmespath.py").unlink()
        code = f"import sys; sys.path.append({_site('jmespath')!r}); {code}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not any(re.search(r"\b(pydantic|yaml)\b", m) for m in modules)


_PYMYSQL = """
class err:
    MySQLError = DataError = IntegrityError = NotSupportedError = Exception
"""


def _site(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parents[1])


@pytest.mark.parametrize("path", sorted(EXTENSIONS.glob("*_*.py")), ids=lambda path: path.stem)
def test_nifi_can_read_each_processor_out_of_its_text(path: Path) -> None:
    if path.name == "build_nar.py":
        return
    classes = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef)]
    [processor] = classes
    inner = {n.name: _assigned(n) for n in processor.body if isinstance(n, ast.ClassDef)}
    assert inner["Java"] == {"implements": ["org.apache.nifi.python.processor.FlowFileTransform"]}
    details = inner["ProcessorDetails"]
    assert details["version"] == "@version@"
    assert len(details["description"]) > 40
    assert "headwater" in details["tags"]


def _assigned(node: ast.ClassDef) -> dict[str, Any]:
    found = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            found[statement.targets[0].id] = ast.literal_eval(statement.value)
    return found


def test_the_libraries_are_those_of_the_lock_file() -> None:
    pins = re.findall(r"^([a-z]+)==(\S+)", (EXTENSIONS / "libraries.txt").read_text(), re.MULTILINE)
    locked = (ROOT / "requirements.lock").read_text()
    assert {name for name, _ in pins} == {"jmespath", "pymysql"}
    for name, version in pins:
        assert re.search(rf"^{name}=={re.escape(version)}\b", locked, re.MULTILINE), name
