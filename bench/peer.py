"""The FastAPI service: its own virtual environment from requirements.txt, and two workers of uvicorn."""

import subprocess
import sys
from pathlib import Path

from processes import Server, clean_environment

HERE = Path(__file__).resolve().parent
VENV = HERE / ".tools" / "venv"
WORKERS = 2


def install():
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "requirements.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("installing FastAPI and what it needs into bench/.tools/venv", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    subprocess.run([VENV / "bin" / "pip", "install", "-q", "--no-deps", "-r", HERE / "requirements.txt"], check=True)
    stamp.write_text(wanted)


def start(cluster, log):
    command = [VENV / "bin" / "uvicorn", "app:app", "--app-dir", HERE / "fastapi_service", "--host", "127.0.0.1", "--port", "{port}",
               "--workers", WORKERS, "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]  # fmt: skip
    env = clean_environment(BENCH_SOCKET=str(cluster.directory), BENCH_PORT=str(cluster.port), PYTHONDONTWRITEBYTECODE="1")
    return Server("FastAPI", command, "/products/1", log, env=env)
