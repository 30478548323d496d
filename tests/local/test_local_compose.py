"""docker-compose.yml and Dockerfile, checked without Docker and without a network."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
# Programs of the base images, which are not ours to look up.
OF_THE_IMAGE = {"postgres:18": {"psql", "pg_isready"}, "valkey/valkey:9": {"sh"}}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in services().items() if service["image"] not in OF_THE_IMAGE}


def test_it_is_a_valid_compose_file() -> None:
    command = [str(PROGRAMS / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_names_no_project() -> None:
    assert "name" not in compose()


def test_the_parts_are_there() -> None:
    assert set(services()) == {"postgres", "valkey", "roles", "migrate", "web", "live", "worker", "worker-bulk", "beat"}
    assert services()["web"]["deploy"]["replicas"] == 2
    assert services()["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_every_dependency_exists_and_can_meet_its_condition() -> None:
    for name, service in services().items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services(), f"{name} depends on {needed}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services()[needed]
            else:
                assert services()[needed]["restart"] == "no"


def test_every_variable_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text().replace("$$", "")
    variables = re.findall(r"\$(\{[^}]*\}|\w+)", text)
    assert variables
    assert [variable for variable in variables if not re.fullmatch(r"\{[A-Z0-9_]+:-[^}]*\}", variable)] == []


def test_no_secret_has_a_usable_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{((?:SECRET_KEY|\w*PASSWORD)[^}]*)\}", text)
    assert len(secrets) >= 7
    assert all(secret.endswith(":-") for secret in secrets)


def test_networks_and_volumes_are_declared() -> None:
    declared = compose()
    for service in services().values():
        assert set(service["networks"]) <= set(declared["networks"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in declared["volumes"]


@pytest.mark.parametrize("name", services())
def test_every_service_is_hardened(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert "cap_add" not in service


def test_only_migrate_has_the_owner_and_only_workers_look_across_tenants() -> None:
    having = {
        variable: {name for name, service in ours().items() if variable in service["environment"]}
        for variable in ("DATABASE_OWNER_URL", "DATABASE_OPS_URL")
    }
    assert having == {"DATABASE_OWNER_URL": {"migrate"}, "DATABASE_OPS_URL": {"worker", "worker-bulk"}}
    for service in ours().values():
        assert service["environment"]["DATABASE_URL"].startswith("postgresql://waymark_app:")


def commands() -> Iterator[tuple[str, list[str]]]:
    for name, service in services().items():
        if "command" in service:
            yield service["image"], service["command"]
        test = service.get("healthcheck", {}).get("test")
        if test and test[0] == "CMD":
            yield service["image"], test[1:]
        assert "command" in service or service["image"] in OF_THE_IMAGE or name == "web"
    last = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD ")][-1]
    yield "Dockerfile", yaml.safe_load(last.removeprefix("CMD "))


@pytest.mark.parametrize(("image", "command"), list(commands()))
def test_every_command_is_a_real_entry_point(image: str, command: list[str]) -> None:
    program, *arguments = command
    if image in OF_THE_IMAGE:
        assert program in OF_THE_IMAGE[image]
        return
    assert (PROGRAMS / program).exists()
    if program == "python":
        assert arguments[0] == "-c" or (ROOT / arguments[0]).exists()
    else:
        module = next(argument for argument in arguments if argument.startswith("waymark."))
        assert importlib.util.find_spec(module.partition(":")[0])


def test_every_queue_has_a_worker() -> None:
    queues = {c[c.index("-Q") + 1] for _, c in commands() if "-Q" in c}
    assert queues == {"interactive", "bulk"}


def test_an_empty_valkey_password_stops_the_broker() -> None:
    script = services()["valkey"]["command"][2].replace("$$", "$")
    result = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "Set VALKEY_PASSWORD.\n")


def test_the_image_names_no_host_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "://" not in text
    assert "--require-hashes" in text
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["waymark"]
    assert {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")} == {"python:3.11-slim"}
