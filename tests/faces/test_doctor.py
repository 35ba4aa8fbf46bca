"""`costcurve doctor`, with everything, with little, and without a home."""

from __future__ import annotations

import json
import socket
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from costcurve.evidence.registry import datasets
from costcurve.faces import doctor_answer
from tests.conftest import PROJECT


def test_what_is_installed_is_what_the_packages_say_of_themselves(cli):
    found = cli("doctor", "--json").json
    extras = {each["name"]: each for each in found["extras"]}
    assert {"charts", "data", "excel", "fit", "parquet", "web", "worth"} <= extras.keys()
    assert not {"all", "dev", "docs"} & extras.keys()
    for extra in (*extras.values(), {"packages": found["core"], "is_here": True}):
        for package in extra["packages"]:
            if package["version"] is not None:
                assert package["version"] == version(package["name"])
        assert extra["is_here"] == all(each["is_here"] for each in extra["packages"])
    assert "numpy" in {each["name"] for each in found["core"]}


def test_an_extra_that_is_missing_or_too_old_is_named_with_how_to_install_it(cli, monkeypatch):
    installed = {"scipy": None, "vl-convert-python": "1.2.0"}
    monkeypatch.setattr(doctor_answer, "installed_version", lambda name: installed.get(name, "99"))
    page = cli("doctor").out
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = ",".join(
        sorted(
            extra
            for extra, packages in project["optional-dependencies"].items()
            if extra not in {"all", "dev", "docs"}
            and any(each.startswith(tuple(installed)) for each in packages)
        )
    )
    assert f"pip install 'costcurve[{needed}]'" in page.replace("\n", " ")
    assert "scipy (missing, needs 1.13)" in " ".join(page.split())
    assert "1.2.0 is too old, needs 1.7)" in " ".join(page.split())


@pytest.mark.parametrize(
    ("here", "least", "is_enough"),
    [
        ("68", "68.0", True),
        ("5.0.0", "5", True),
        ("0.165.1", "0.165", True),
        ("1.9", "1.10", False),
        ("67.9.9", "68", False),
    ],
)
def test_versions_are_compared_by_their_numbers(cli, monkeypatch, here, least, is_enough):
    monkeypatch.setattr(doctor_answer, "requires", lambda _: [f"thing>={least}"])
    monkeypatch.setattr(doctor_answer, "installed_version", lambda _: here)
    (thing,) = cli("doctor", "--json").json["core"]
    assert thing == {"name": "thing", "needs": least, "version": here, "is_here": is_enough}


def test_run_from_its_source_it_says_nothing_of_extras(cli, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor_answer, "requires", missing)
    monkeypatch.setattr(doctor_answer, "metadata", missing)
    ran = cli("doctor")
    assert ran.status == 0
    assert "Installed" not in ran.out
    assert cli("doctor", "--json").json["extras"] == []


def test_data_are_counted_by_their_hashes(cli, data, tmp_path, monkeypatch):
    monkeypatch.setenv("COSTCURVE_DATA", str(data))
    assert cli("doctor", "--json").json["data"]["here"] == len(datasets())
    name = next(iter(datasets()))
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("something else", encoding="utf-8")
    monkeypatch.setenv("COSTCURVE_DATA", str(tmp_path))
    found = cli("doctor", "--json").json["data"]
    assert (found["here"], found["wrong"], found["files"]) == (0, 1, len(datasets()))


def test_without_online_no_connection_is_opened(cli, monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert cli("doctor", "--json").json["reachable"] is None


def test_online_says_which_server_answers():
    def ask(server):
        if "github" in server:
            raise OSError("no route to host")

    found = doctor_answer.doctor_answer(online=True, ask=ask)["reachable"]
    assert found
    for each in found:
        assert each["problem"] == ("no route to host" if "github" in each["server"] else "")


def test_a_server_that_is_not_there_is_a_line_and_no_error(cli, monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    ran = cli("doctor", "--online")
    assert ran.status == 0
    assert "Name or service not known" in " ".join(ran.out.split())


def test_it_answers_without_a_home_and_without_being_installed(shell):
    ran = shell("doctor", "--json", HOME="/nonexistent/home", COSTCURVE_DATA="", XDG_CACHE_HOME="")
    assert ran.status == 0
    found = json.loads(ran.out)["data"]
    assert found["folder"] == "/nonexistent/home/.cache/costcurve"
    assert found["here"] == 0


def test_a_user_without_any_home_is_told_what_to_set(cli, monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    for name in ("COSTCURVE_DATA", "COSTCURVE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    ran = cli("doctor")
    assert ran.status == 0
    assert "COSTCURVE_CACHE: is not set and this user has no home" in " ".join(ran.out.split())
    refused = cli("data", "list")
    assert refused.status == 2
    assert refused.err.startswith("costcurve: error: COSTCURVE_CACHE: is not set")


def test_work_that_can_be_resumed_is_named(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = "simulate --dimensions 5 --nonzero 2 --repetitions 2 --samples 10 --workers 1"
    assert cli(*asked.split(), "--resume", "kept").status == 0
    assert cli("doctor", "--json").json["jobs"] == ["kept"]
