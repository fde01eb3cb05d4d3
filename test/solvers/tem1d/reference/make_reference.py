"""Makes reference.json: responses of hard models, by a computation that shares nothing with the kernels.

    pip install mpmath gmpy2 && python3 make_reference.py > reference.json      (some minutes)

Forty digits throughout. Back to time by Talbot's contour for each gate (Abate & Whitt 2006), no fitted weights.
Over wavenumbers by Gauss and Legendre on panels, never a taper: the field of a half-space like the first layer is
integrated in time's domain, where exp(-lambda^2 t / mu0 sigma) ends it, and what the deeper layers add ends by
exp(-2 lambda h). Filters act in the Laplace domain, where the half-space has a closed form under the loop's centre
(Ward & Hohmann 1988, 4.94), or the height of the loop ends the integral.
"""
import json
import sys
from functools import lru_cache

from mpmath import besselj, cos, cot, erfc, exp, mp, mpc, mpf, pi, sqrt

mp.dps = 40
MU0 = 4 * pi * mpf("1e-7")
TALBOT = 28


@lru_cache(maxsize=None)
def gauss(n):
    """Nodes and weights on [-1, 1]."""
    nodes = []
    for i in range(n):
        x = cos(pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(8):
            p0, p1 = mpf(1), x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            slope = n * (x * p1 - p0) / (x * x - 1)
            x -= p1 / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


def panels(low, high, wave):
    """Ends of panels from low to high: factors of 2, but no longer than `wave`."""
    ends = [low]
    while ends[-1] < high:
        ends.append(min(high, ends[-1] + min(ends[-1], wave)))
    return ends


def wavenumbers(model, low, high):
    """[(lambda, weight)] of integral lambda J1(lambda a) J0(lambda r) exp(-lambda h) ... dlambda."""
    a, r, h = model["a"], model["r"], model["h"]
    nodes = []
    ends = panels(low, high, 4 / (a + r))
    for begin, end in zip(ends, ends[1:]):
        half = (end - begin) / 2
        for x, w in gauss(16):
            k = begin + half * (1 + x)
            bessel = besselj(1, k * a) * (besselj(0, k * r) if r else 1)
            nodes.append((k, w * half * k * bessel * exp(-k * h)))
    return nodes


def reflection(model, k, s):
    """F, and R_0 of the first layer alone."""
    sigma, thick = model["sigma"], model["thick"]
    u = [sqrt(k * k + MU0 * s * c) for c in sigma]
    g = mpc(0)
    for i in range(len(sigma) - 2, -1, -1):
        ratio = (u[i] - u[i + 1]) / (u[i] + u[i + 1])
        g = exp(-2 * u[i] * thick[i]) * (ratio + g) / (1 + ratio * g)
    r0 = (k - u[0]) / (k + u[0])
    return (r0 + g) / (1 + r0 * g), r0


def half_space_integral(model, s):
    """Integral of lambda J1(lambda a) R_0 dlambda under the centre, on the ground."""
    a = model["a"]
    x = sqrt(MU0 * s * model["sigma"][0]) * a
    return (2 * (3 - (3 + 3 * x + x * x) * exp(-x)) / (x * x) - 1) / (a * a)


def half_space_in_time(model, t):
    """(b, -db/dt) of the half-space, each without mu0 / (2 pi a)."""
    tau = t / (MU0 * model["sigma"][0])
    root = sqrt(tau)
    high = 10 / root
    if model["h"]:
        high = min(high, 100 / model["h"])
    low = mpf("1e-12") / max(model["a"], model["r"], model["h"], root)
    b = d = mpf(0)
    for k, w in wavenumbers(model, low, high):
        q = k * root
        gauss_part = exp(-q * q) / sqrt(pi)
        b += w * ((1 + 2 * q * q) * erfc(q) - 2 * q * gauss_part)
        # d/dt of the line above, sign changed: dq/dt = q / (2 t)
        d += w * -(4 * q * erfc(q) - 4 * gauss_part) * q / (2 * t)
    return b, d


def filtered(model, s):
    product = mpc(1)
    for f in model["lowpass"]:
        product /= 1 + s / (2 * pi * f)
    return product


def switch_off(model, t):
    """(integral of b from 0 to t, b, -db/dt) after a unit switch-off at 0, per unit moment."""
    t = mpf(t)
    central = model["r"] == 0 and model["h"] == 0
    in_laplace = central or model["lowpass"]
    deepest = 36 / (model["thick"][0] * 2 + model["h"]) if model["thick"] else mpf(0)
    if in_laplace and not central:
        deepest = 100 / model["h"]
    nodes = wavenumbers(model, mpf("1e-10"), deepest) if deepest else []
    r = mpf(2 * TALBOT) / (5 * t)
    total = [mpf(0)] * 3
    for i in range(TALBOT):
        if i == 0:
            s, w = mpc(r), exp(r * t) / 2
        else:
            theta = i * pi / TALBOT
            c = cot(theta)
            s = r * theta * mpc(c, 1)
            w = exp(t * s) * mpc(1, theta + (theta * c - 1) * c)
        value = mpc(0)
        for k, weight in nodes:
            f, r0 = reflection(model, k, s)
            value += weight * (f if in_laplace and not central else f - r0)
        if central:
            value += half_space_integral(model, s)
        value *= filtered(model, s)
        for power, sign in ((2, -1), (1, -1), (0, 1)):
            total[2 - power] += sign * (w * value / s**power).real * r / TALBOT
    if not in_laplace:
        b, d = half_space_in_time(model, t)
        total = [None, total[1] + b, total[2] + d]
    factor = MU0 / (2 * pi * model["a"])
    return [None if v is None else v * factor for v in total]


def responses(model, t):
    """(b, dbdt) at gate t of the model's waveform: linear between times, constant outside."""
    times, currents = model["waveform"] or ([0, 0], [1, 0])
    t = mpf(repr(t))
    b = d = mpf(0)
    for t0, t1, i0, i1 in zip(times, times[1:], currents, currents[1:]):
        if i0 == i1 or t0 >= t:
            continue
        t0, t1, i0, i1 = (mpf(repr(x)) for x in (t0, t1, i0, i1))
        if t0 == t1:
            after = switch_off(model, t - t0)
            b -= (i1 - i0) * after[1]
            d -= (i1 - i0) * after[2]
            continue
        slope = (i1 - i0) / (t1 - t0)
        old = switch_off(model, t - t0)
        new = switch_off(model, t - t1) if t > t1 else [mpf(0), primary(model), mpf(0)]
        b -= slope * (old[0] - new[0])
        d -= slope * (new[1] - old[1])
    return b, d


def primary(model):
    """The field of the loop itself under its centre: what switch-off leaves at once. A filter passes none of it."""
    if model["lowpass"]:
        return mpf(0)
    assert model["r"] == 0 and model["h"] == 0
    return MU0 / (2 * pi * model["a"] ** 3)


def case(name, rho, thick, times, area=314.16, separation=0.0, heights=(0.0, 0.0), waveform=None, lowpass=()):
    return {
        "name": name,
        "input": {
            "resistivities": rho,
            "thicknesses": thick,
            "times": times,
            "tx_area": area,
            "tx_rx_separation": separation,
            "tx_height": heights[0],
            "rx_height": heights[1],
            **({"waveform": {"times": waveform[0], "currents": waveform[1]}} if waveform else {}),
            **({"lowpass": list(lowpass)} if lowpass else {}),
        },
        "model": {
            "sigma": [1 / mpf(repr(r)) for r in rho],
            "thick": [mpf(repr(h)) for h in thick],
            "a": sqrt(mpf(repr(area)) / pi),
            "r": mpf(repr(separation)),
            "h": mpf(repr(heights[0])) + mpf(repr(heights[1])),
            "waveform": waveform,
            "lowpass": [mpf(repr(f)) for f in lowpass],
        },
    }


DECADES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
TRAPEZOID = ([-1e-3, -9e-4, 0.0, 4e-6], [0.0, 1.0, 1.0, 0.0])
CASES = [
    case("a conductor over a resistor over a conductor", [1.0, 1000.0, 1.0], [20.0, 40.0], [1e-5, 1e-4, 1e-3, 3e-3, 1e-2]),
    case("a thin conductor over a resistor over a conductor", [1.0, 1000.0, 1.0], [5.0, 95.0], [1e-5, 1e-4, 1e-3, 3e-3, 1e-2]),
    case("a resistor over a conductor over a resistor", [1000.0, 1.0, 1000.0], [20.0, 20.0], DECADES),
    case("a thin resistor over a conductor", [1000.0, 1.0], [5.0], DECADES),
    case("a conductor over a resistor", [1.0, 1000.0], [10.0], DECADES),
    case("contrasts of 10^6", [10000.0, 0.01, 10000.0, 0.1], [10.0, 1.0, 30.0], DECADES),
    case("thin layers under a wide loop", [100.0, 20.0, 300.0, 5.0, 80.0, 40.0], [1.0, 1.5, 2.0, 3.0, 4.0], DECADES, area=7853.98),
    case("thirty layers", [float(10 ** (1 + (i * 7 % 11) / 5)) for i in range(30)],
         [2.0 * 1.12**i for i in range(29)], [1e-5, 1e-3]),
    case("seven decades of time", [50.0, 5.0, 500.0], [25.0, 75.0], [1e-7, 1e-5, 1e-3, 1e-1, 1.0]),
    case("1 m above ground", [100.0, 10.0, 50.0], [30.0, 70.0], DECADES, heights=(1.0, 1.0)),
    case("30 m above ground", [100.0, 10.0, 50.0], [30.0, 70.0], DECADES, heights=(30.0, 30.0)),
    case("100 m above ground", [1.0, 300.0], [20.0], DECADES, heights=(100.0, 90.0)),
    case("an offset of 40 m", [100.0, 10.0, 50.0], [30.0, 70.0], [1e-6, 3e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3], separation=40.0),
    case("an offset of 13 m from an airborne loop", [30.0, 200.0, 5.0], [10.0, 40.0], DECADES, area=340.0,
         separation=13.3, heights=(35.0, 37.0)),
    case("a receiver inside the loop, off its centre", [30.0, 200.0, 5.0], [10.0, 40.0], DECADES, area=1600.0, separation=10.0),
    case("a trapezoid current", [100.0, 10.0, 50.0], [30.0, 70.0], [5e-6, 1e-5, 1e-4, 1e-3], waveform=TRAPEZOID),
    case("gates while the current changes", [100.0, 10.0, 50.0], [30.0, 70.0], [-9.5e-4, -5e-4, 2e-6], waveform=TRAPEZOID),
    case("filters", [100.0, 10.0, 50.0], [30.0, 70.0], [1e-6, 3e-6, 1e-5, 1e-4, 1e-3], lowpass=(450e3, 300e3)),
    case("a towed system", [30.0, 200.0, 5.0], [10.0, 40.0], [1e-5, 1e-4, 1e-3], area=8.41, separation=9.4,
         heights=(0.97, 0.3), waveform=([-4e-4, -3.9e-4, -2e-6, 0.0], [0.0, 1.0, 0.97, 0.0]), lowpass=(450e3, 800e3)),
]


def main():
    done = []
    for entry in CASES:
        print(entry["name"], file=sys.stderr, flush=True)
        pairs = [responses(entry["model"], t) for t in entry["input"]["times"]]
        done.append({
            "name": entry["name"],
            "input": entry["input"],
            "b": [None if b is None else float(b) for b, _ in pairs],
            "dbdt": [float(d) for _, d in pairs],
        })
    json.dump(done, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
