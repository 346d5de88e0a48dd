"""Throughput against clients, as an SVG file. Both axes are logarithmic: equal distances are equal ratios."""

import math

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 230, 40, 50
COLOURS = ("#0b6e4f", "#3d5a80", "#c1666b", "#8d6a9f")


def draw(title, series):
    """`series`: name → {clients: requests per second}."""
    points = [(clients, value) for line in series.values() for clients, value in line.items()]
    clients_max = max(clients for clients, _ in points)
    values = [value for _, value in points]
    rungs = [rung * 10**power for power in range(-3, 9) for rung in (1, 2, 5)]
    low = max((rung for rung in rungs if rung <= min(values)), default=1)
    high = min(rung for rung in rungs if rung > max(values))

    def x(clients):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log2(clients) / max(math.log2(clients_max), 1)

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * math.log(value / low) / math.log(high / low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" fill="#222222">{title}: requests per second against clients</text>',
    ]
    for rung in rungs[rungs.index(low) : rungs.index(high) + 1]:
        at = y(rung)
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#555555">{rung:,}</text>')
    for clients in sorted({clients for clients, _ in points}):
        out.append(
            f'<text x="{x(clients):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#555555">{clients}</text>'
        )
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle" fill="#555555">clients</text>')
    labels = []
    for (name, line), colour in zip(series.items(), COLOURS, strict=False):
        path = sorted(line.items())
        out.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
            + " ".join(f"{x(clients):.1f},{y(value):.1f}" for clients, value in path)
            + '"/>'
        )
        out += [f'<circle cx="{x(clients):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for clients, value in path]
        labels.append((y(path[-1][1]), name, colour))
    below = TOP
    for at, name, colour in sorted(labels):  # beside the lines' ends, and not over each other
        below = max(at, below + 16)
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{below + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"
