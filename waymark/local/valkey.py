"""Launcher for a Valkey of our own: on 127.0.0.1, with a password, writing an append-only file."""

import contextlib
import signal
import socket
import time
from pathlib import Path

from waymark.local import binaries
from waymark.local.console import LocalError
from waymark.local.paths import make_dir, write_private
from waymark.local.postgres import Running
from waymark.local.processes import command_of, end, is_alive, spawn, tail
from waymark.local.state import free_port, passwords, read_number, starting


class Valkey:
    """The broker of one data directory. `fast`: for tests, keeps nothing on disk."""

    name = "Valkey"
    stop_with = signal.SIGTERM

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home, self.fast = home, fast
        self.data, self.log = home / "valkey", home / "log" / "valkey.log"
        self._config, self._pid, self._port = self.data / "valkey.conf", self.data / "pid", home / "valkey.port"

    def running(self) -> Running | None:
        pid, port = read_number(self._pid), read_number(self._port)
        if pid and port and self._is_ours(pid) and self._answers(port):
            return Running(pid, port)
        return None

    def start(self, *, dies_with_us: bool = False) -> Running:
        with starting(self.home):
            if running := self.running():
                return running
            self.stop()  # one that runs but does not answer
            program = binaries.find_valkey()
            make_dir(self.log.parent)
            make_dir(self.data)
            return self._launch(program, dies_with_us)

    def stop(self) -> None:
        pid = read_number(self._pid)
        if pid and self._is_ours(pid):
            end(pid, self.stop_with, 10)

    def urls(self, running: Running) -> dict[str, str]:
        return {"REDIS_URL": f"redis://:{passwords(self.home)['valkey']}@127.0.0.1:{running.port}/0"}

    def _is_ours(self, pid: int) -> bool:
        command = command_of(pid)
        # Valkey shows its address in place of its arguments, so the port has to identify it.
        mine = (str(self._config), f"127.0.0.1:{read_number(self._port)}")
        return is_alive(pid) and "server" in command and any(part in command for part in mine)

    def _answers(self, port: int) -> bool:
        request = f"AUTH {passwords(self.home)['valkey']}\r\nPING\r\n".encode()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(request)
            answer = b""
            while answer.count(b"\r\n") < 2 and (chunk := connection.recv(256)):
                answer += chunk
            return answer.endswith(b"+PONG\r\n")
        return False

    def _configure(self, port: int) -> None:
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"dir {_quoted(self.data)}",
            f"requirepass {passwords(self.home)['valkey']}",
            f"appendonly {'no' if self.fast else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        ]
        write_private(self._config, "\n".join(lines) + "\n")  # the password stays out of the process list

    def _launch(self, program: Path, dies_with_us: bool) -> Running:
        deadline = time.monotonic() + 20
        port = free_port(read_number(self._port))
        while True:
            self._configure(port)
            self._port.write_text(str(port), encoding="ascii")
            death_signal = signal.SIGTERM if dies_with_us else None
            server = spawn([program, self._config], log=self.log, cwd="/", dies_with_us=death_signal)
            self._pid.write_text(str(server.pid), encoding="ascii")
            while server.poll() is None and time.monotonic() < deadline:
                if self._answers(port):
                    return Running(server.pid, port)
                time.sleep(0.02)
            if time.monotonic() >= deadline:
                end(server.pid, signal.SIGTERM, 5)
                raise LocalError(f"Valkey did not start; the end of {self.log}:\n{tail(self.log)}")
            time.sleep(0.5)
            port = free_port()


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
