"""docker-compose.yml as it stands, and mistakes planted in it: each makes a rule fail."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from headwater.project import Project
from headwater.settings import Settings
from headwater.stack import services
from headwater.stack.containers import ContainerSite
from headwater.stack.service import Service
from support.compose import rules
from support.compose.document import Document
from support.compose.equality import check_equality

ROOT = Path(__file__).parents[2]


@pytest.fixture
def table(tmp_path: Path) -> dict[str, Service]:
    settings = Settings(data_dir=tmp_path, cache_dir=tmp_path, hosts="names")
    site = ContainerSite(settings, Project(ROOT))
    return {name: row(site) for name, row in services.ROWS.items()}


def problems(document: Document, table: dict[str, Service]) -> list[str]:
    told = [problem for rule in rules.ALL for problem in rule(document)]
    return [*told, *check_equality(document, table)]


def test_the_file_follows_the_specification() -> None:
    assert list(rules.specification(Document.of(ROOT))) == []


@pytest.mark.parametrize(
    ("sound", "broken", "complaint"),
    [
        ("    stop_grace_period: 30s\n", "    stop_grace: 30s\n", "'stop_grace' was unexpected"),
        ("condition: service_healthy", "condition: ready", "specification"),
    ],
)
def test_a_file_that_does_not_follow_it_is_found(sound: str, broken: str, complaint: str) -> None:
    text = Document.of(ROOT).text.replace(sound, broken, 1)
    told = list(rules.specification(Document(ROOT, text)))
    assert complaint in "".join(told)


def test_the_file_is_sound_and_equal_to_the_table(table: dict[str, Service]) -> None:
    assert problems(Document.of(ROOT), table) == []


@pytest.mark.parametrize("dockerfile", sorted(ROOT.glob("docker/*/Dockerfile")), ids=str)
def test_what_an_image_takes_in_is_there(dockerfile: Path) -> None:
    assert list(rules.copies(dockerfile, ROOT)) == []


@dataclass(frozen=True)
class Seed:
    """`sound` becomes `broken`, and a rule complains."""

    sound: str
    broken: str
    complaint: str


SEEDS = {
    "lost mount": Seed("./docker/healthy:", "./docker/heathy:", "which is not there"),
    "lost volume": Seed('["trino:/data', '["trono:/data', "no volume trono"),
    "lost Dockerfile": Seed("headwater/Dockerfile", "headwater/Dockerfil", "there is no docker"),
    "unknown variable": Seed(
        "    command: [apply, --yes]",
        "    command: [apply, --yes]\n    environment: {HEADWATER_HOST: names}",
        "nothing reads HEADWATER_HOST",
    ),
    "unknown command": Seed("[apply, --yes]", "[aply, --yes]", "no command aply"),
    "unknown flag": Seed("[apply, --yes]", "[apply, --yess]", "has no --yess"),
    "unknown module": Seed("stack.containers]", "stack.container]", "no module headwater"),
    "another's script": Seed("/data/athena/start", "/data/trino/start", "athena: starts with"),
    "no version": Seed("mysql:8.4.10", "mysql", "mysql: mysql has no exact version"),
    "latest": Seed("trinodb/trino:476", "trinodb/trino:latest", "has no exact version"),
    "another version": Seed("apache/nifi:2.3.0", "apache/nifi:2.2.0", "nifi: no service runs"),
    "old image of ours": Seed("headwater/headwater:0.1.0", "headwater/headwater:0.0.9", "version"),
    "open port": Seed('["127.0.0.1:15000:', '["15000:', "open beyond loopback"),
    "root": Seed('user: "1000:1000"', 'user: "0:0"', "runs as root"),
    "rights": Seed("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "keeps rights"),
    "secret": Seed(
        "    command: [apply, --yes]",
        "    command: [apply, --yes]\n    environment: {MYSQL_PASSWORD: hunter2}",
        "MYSQL_PASSWORD stands in plain text",
    ),
    "no health check": Seed(
        "    healthcheck: {<<: *patience, test: [CMD, bash, /healthy, mysql",
        "    labels: {x: [CMD, bash, /healthy, mysql",
        "mysql: no health check",
    ),
    "no bound": Seed("    mem_limit: 3000m\n", "", "job: no memory limit"),
    "another bound": Seed("mem_limit: 3000m", "mem_limit: 2000m", "mem_limit is 2000m"),
    "another port": Seed('"127.0.0.1:18085:18085"', '"127.0.0.1:18086:18085"', "ports is"),
    "another group": Seed("profiles: [query, all]", "profiles: [all]", "profiles is"),
    "lost dependency": Seed(
        "      <<: *prepared\n      kafka: {condition: service_healthy}\n    ports",
        "      <<: *prepared\n    ports",
        "connect: depends_on is",
    ),
    "early deployment": Seed("      nifi: {condition: service_healthy}\n", "", "deploy: waits for"),
    "lost service": Seed(
        "  glue:\n    <<: *server", "  glu:\n    <<: *server", "only in the table"
    ),
}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_a_planted_mistake_is_found(seed: Seed, table: dict[str, Service]) -> None:
    sound = Document.of(ROOT)
    assert seed.sound in sound.text
    broken = Document(ROOT, sound.text.replace(seed.sound, seed.broken, 1))
    assert any(seed.complaint in problem for problem in problems(broken, table))


def test_a_component_that_the_image_lacks_is_found(
    tmp_path: Path, table: dict[str, Service]
) -> None:
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    dockerfile = tmp_path / "docker" / "headwater" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace(" wire ", " "))
    broken = Document(tmp_path, Document.of(ROOT).text)
    told = list(check_equality(broken, table))
    assert told == ["connect: docker/headwater/Dockerfile does not install wire"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("COPY gone /", "copies gone"),
        ("COPY tests /", ".dockerignore keeps tests out"),
    ],
)
def test_a_file_that_an_image_does_not_get_is_found(
    tmp_path: Path, line: str, complaint: str
) -> None:
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    (tmp_path / "tests").mkdir()
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM scratch\n{line}\n")
    assert any(complaint in problem for problem in rules.copies(dockerfile, tmp_path))
