#!/usr/bin/env python3
"""A flash sale on `stockbook demo`: 2,000 clients want 5,000 units, one by one, each reserved and then fulfilled.

    bench/flash_sale.py target/release/stockbook [CLIENTS] [UNITS]

Prints how many were sold and how long it took; ends with 1 unless exactly what there was is sold and the ledger verifies.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

LISTEN = ("127.0.0.1", 8769)


async def post(reader, writer, path, body):
    """POST on a kept connection: the status and the JSON answer."""
    text = json.dumps(body)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\n"
    writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n{text}".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


async def buy(product):
    """Buy until nothing is left: how many were got, and how often the server was too busy."""
    reader, writer = await asyncio.open_connection(*LISTEN)
    bought = busy = 0
    while True:
        status, answer = await post(reader, writer, "/reservations", {"lines": [{"product_id": product, "quantity": 1}]})
        if status == 201:
            status, _ = await post(reader, writer, f"/reservations/{answer['id']}/fulfil", {})
            assert status == 200, status
            bought += 1
        elif status == 503:
            busy += 1
            await asyncio.sleep(0.2)
        else:
            assert answer["code"] == "insufficient_stock", answer
            writer.close()
            return bought, busy


def get(path):
    with urllib.request.urlopen(f"http://{LISTEN[0]}:{LISTEN[1]}{path}", timeout=60) as answer:
        return json.load(answer)


async def sale(clients, units):
    body = json.dumps({"sku": "FLASH", "name": "Flash", "price": "1.00", "on_hand": units}).encode()
    request = urllib.request.Request(f"http://{LISTEN[0]}:{LISTEN[1]}/products", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        product = json.load(answer)["id"]
    begin = time.monotonic()
    results = await asyncio.gather(*(buy(product) for _ in range(clients)))
    seconds = time.monotonic() - begin
    sold = sum(bought for bought, _ in results)
    after = get(f"/products/{product}")
    verified = get(f"/ledger/verify?product_id={product}")
    print(f"{sold} of {units} units sold to {clients} clients in {seconds:.1f} s; answers 503: {sum(busy for _, busy in results)}")
    print(f"left: {after['on_hand']}; verified: {verified['checked']}, differences: {verified['differences']}")
    return sold == units and after["on_hand"] == 0 and not verified["differences"]


def main():
    clients, units = (int(text) for text in (sys.argv[2:4] + ["2000", "5000"][len(sys.argv) - 2 :]))
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(["chmod", "755", data], check=True)
        listen = f"{LISTEN[0]}:{LISTEN[1]}"
        server = subprocess.Popen(
            [sys.argv[1], "demo", "--data-dir", f"{data}/data", "--listen", listen,
             "--max-connections", str(clients + 100), "--rate-limit", "1000000"]
        )  # fmt: skip
        try:
            for _ in range(600):
                try:
                    get("/readyz")
                    break
                except OSError:
                    time.sleep(0.1)
            return 0 if asyncio.run(sale(clients, units)) else 1
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
