"""The best that could be told of a scene: the truth, as far as its reports show it.

The judge must find every bound kept by it; otherwise it asks for what nobody can know.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scene_files import Call, Events, Span, Transit

LEAST_REPORTS = 2


def seen(span: Span, heard: dict[str, np.ndarray]) -> Span | None:
    """A stop from its first report to its last; none if there are fewer than two."""
    times = heard[span.mmsi]
    inside = times[(times >= span.since) & (times <= span.until)]
    if len(inside) < LEAST_REPORTS:
        return None
    start = None if span.start is None else float(inside[0])
    end = None if span.end is None else float(inside[-1])
    kind = span.kind.split("|")[0]
    return replace(span, start=start, end=end, kind=kind, first=float(inside[0]), last=float(inside[-1]))


def seen_call(call: Call, stops: list[Span], times: np.ndarray) -> Call | None:
    """A call with the stops of it that were seen; none if there is none at a berth, or at anchor for an anchorage."""
    kind = "alongside" if call.kind == "berth" else "anchored"
    own = [stop for stop in stops if stop.mmsi == call.mmsi and stop.overlap(call) >= 0]
    main = [stop for stop in own if stop.kind == kind]
    if not main:
        return None
    is_cut = (call.start is None, call.end is None)
    told = replace(call, ports=call.ports[:1], start=own[0].start, end=own[-1].end)
    told = replace(told, first=own[0].first, last=own[-1].last)
    if call.kind == "berth":
        told = replace(told, first_alongside=main[0].start, last_alongside=main[-1].end)
    arrival = None if call.arrival is None or is_cut[0] else times[np.searchsorted(times, call.arrival)]
    departure = None if call.leaving is None or is_cut[1] else times[np.searchsorted(times, call.leaving) - 1]
    return replace(told, arrival=arrival, departure=departure)


def own_call(stop: Span, calls: list[Call]) -> str | None:
    """The id of the call that a stop was in; none if it was in none."""
    own = (call.call for call in calls if call.mmsi == stop.mmsi and call.overlap(stop) >= 0)
    return next(own, None)


def seen_transit(transit: Transit) -> Transit:
    """A transit, by its first name of a direction."""
    return replace(transit, directions=transit.directions[:1])


def ideal(truth: Events, heard: dict[str, np.ndarray]) -> Events:
    """What could be told."""
    out = Events()
    out.stops = [each for stop in truth.stops if (each := seen(stop, heard))]
    out.calls = [each for call in truth.calls if (each := seen_call(call, out.stops, heard[call.mmsi]))]
    out.calls = [replace(call, call=f"call {number}") for number, call in enumerate(out.calls)]
    out.stops = [replace(stop, call=own_call(stop, out.calls)) for stop in out.stops]
    out.transits = [seen_transit(each) for each in truth.transits]
    for mmsi in heard:
        berths = sum(call.mmsi == mmsi and call.kind == "berth" for call in out.calls)
        out.voyages[mmsi] = max(berths - 1, 0)
    return out
