"""MySQL: the data folder is made once, accounts and rights are set anew at every start."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.accounts import AUTHENTICATION, ENCRYPTED
from headwater.accounts import accounts as declared
from headwater.errors import ServiceError
from headwater.stack import probes
from headwater.stack.service import Service, Site, write_private

if TYPE_CHECKING:
    from headwater.connections import MySql

_LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
_SOCKET_LIMIT = 100  # a Unix socket's path may have 107 bytes


def mysql(site: Site) -> Service:
    """The source database."""
    folder = site.data.of("mysql")
    return Service(
        name="mysql",
        components=("mysql",),
        command=(
            site.program("mysql", "mysqld"),
            f"--defaults-file={folder / 'my.cnf'}",
            f"--init-file={folder / 'accounts.sql'}",
        ),
        env={**site.base_env(), "LD_LIBRARY_PATH": str(folder / "lib")},
        cwd=folder,
        ports=site.ports("mysql"),
        groups=("pipeline", "all"),
        prepare=lambda: prepare(site),
        probe=lambda: probes.mysql_answers(site.connections.mysql_root),
        memory_mb=600,
        stop_grace=30.0,
    )


def prepare(site: Site) -> None:
    """Write the configuration and, the first time, the data folder."""
    folder = site.data.of("mysql")
    configure(site)
    _link_libaio(folder / "lib")
    datadir = folder / "data"
    if not (datadir / "mysql.ibd").exists() or (folder / "initialising").exists():
        _initialise(site, folder, datadir)


def configure(site: Site) -> None:
    """Write the configuration and the accounts."""
    folder = site.data.of("mysql")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    site.render(
        "mysql.cnf",
        folder / "my.cnf",
        user_line="user=root" if os.geteuid() == 0 else "",
        basedir=site.home("mysql"),
        datadir=folder / "data",
        socket=_socket(folder),
        bind=site.bind,
        port=site.port("mysql"),
    )
    write_private(folder / "accounts.sql", "\n".join(accounts(site)) + "\n")


def accounts(site: Site) -> list[str]:
    """The statements that make the accounts; they may run any number of times."""
    connections = site.connections
    everywhere = "%" if site.settings.hosts == "names" else "localhost"
    # the binlog carries data, not our housekeeping
    root = connections.mysql_root
    statements = ["SET SESSION sql_log_bin = 0;", *_made(root, "localhost")]
    if everywhere != "localhost":
        all_rights = f"GRANT ALL PRIVILEGES ON *.* TO {_who(root, everywhere)} WITH GRANT OPTION;"
        statements += [*_made(root, everywhere), all_rights]
    for account, grants in declared(connections, site.settings.database):
        who = _who(account, everywhere)
        statements += _made(account, everywhere, ENCRYPTED)
        statements += [f"GRANT {rights} ON {scope} TO {who};" for rights, scope in grants]
    return statements


def _made(account: MySql, where: str, demand: str = "") -> list[str]:
    who, password = _who(account, where), account.password.get_secret_value()
    return [
        f"CREATE USER IF NOT EXISTS {who};",
        f"ALTER USER {who} {AUTHENTICATION} '{password}' {demand}".rstrip() + ";",
    ]


def _who(account: MySql, where: str) -> str:
    return f"'{account.user}'@'{where}'"


def initialise_command(site: Site) -> tuple[str, ...]:
    """How an empty data folder is made."""
    configuration = site.data.of("mysql") / "my.cnf"
    server = site.program("mysql", "mysqld")
    return (server, f"--defaults-file={configuration}", "--initialize-insecure")


def _initialise(site: Site, folder: Path, datadir: Path) -> None:
    """Make an empty data folder; `initialising` marks one that did not get ready."""
    marker = folder / "initialising"
    if datadir.exists():
        for path in sorted(datadir.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    marker.touch()
    log = site.data.logs / "mysql-initialise.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        code = subprocess.run(
            initialise_command(site),
            env={**site.base_env(), "LD_LIBRARY_PATH": str(folder / "lib")},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
    if code:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise ServiceError(
            f"mysqld --initialize ended with {code}: {' '.join(last)}",
            remedy=f"read {log}; `headwater doctor` checks the libraries that it needs",
        )
    marker.unlink()


def _socket(folder: Path) -> Path:
    path = folder / "mysql.sock"
    if len(os.fsencode(path)) <= _SOCKET_LIMIT:
        return path
    short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"headwater-{os.getuid()}-{short}.sock"


def _link_libaio(folder: Path) -> None:
    """Give mysqld the name that it was linked with; newer Debian and Ubuntu renamed the library."""
    folder.mkdir(parents=True, exist_ok=True)
    renamed, link = _LIBRARIES / "libaio.so.1t64", folder / "libaio.so.1"
    if renamed.exists() and not (_LIBRARIES / "libaio.so.1").exists() and not link.is_symlink():
        link.symlink_to(renamed)
