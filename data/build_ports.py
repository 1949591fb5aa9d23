#!/usr/bin/env python3
"""Builds ports.csv from the World Port Index and the additions declared below.

Usage: python3 data/build_ports.py UpdatedPub150.csv

Needs the standard library only. The same input gives the same bytes. What was dropped or changed is
counted on standard error. The World Port Index (NGA Pub. 150) is a work of the United States
government and in the public domain; README.md beside this file says where to get it.
"""

import csv
import io
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS = ["name", "locode", "country", "lat", "lon", "harbor_size", "aliases", "other_codes"]
SIZES = {"Large": "large", "Medium": "medium", "Small": "small", "Very Small": "very_small"}

# Ports the World Port Index lacks. Their source is in README.md.
ADDED = [
    {
        "name": "Dunay",
        "locode": "",
        "country": "RU",
        "lat": "42.88",
        "lon": "132.34",
        "harbor_size": "",
        "aliases": ["Dunai", "Дунай"],
        "other_codes": [],
    },
]

# (name in the World Port Index, country): further names of the same place. Only names that are in
# use and beyond doubt: today's official name, or the common English one.
ALIASES = {
    ("Najin", "KP"): ["Rajin", "Rason", "Naseon", "Najin-hang", "나진", "라진"],
    ("Senbong", "KP"): ["Sonbong", "Unggi", "선봉"],
    ("Ch'ongjin", "KP"): ["청진"],
    ("Nampo", "KP"): ["Nampho", "남포"],
    ("Vostochnyy", "RU"): ["Vostochny", "Vostochniy", "Port Vostochny", "Восточный"],
    ("Nakhodka", "RU"): ["Находка"],
    ("Vladivostok", "RU"): ["Владивосток"],
    ("Bukhta Vanino", "RU"): ["Vanino"],
    ("Sankt-Peterburg", "RU"): ["Saint Petersburg"],
    ("Novorossiysk", "RU"): ["Novorossiisk"],
    ("Petropavlovsk", "RU"): ["Petropavlovsk-Kamchatsky"],
    ("Busan", "KR"): ["Pusan"],
    ("Inchon", "KR"): ["Incheon"],
    ("Cheju Hang", "KR"): ["Jeju"],
    ("Calcutta", "IN"): ["Kolkata"],
    ("Vishakhapatnam", "IN"): ["Visakhapatnam", "Vizag"],
    ("Chittagong", "BD"): ["Chattogram"],
    ("Rangoon", "MM"): ["Yangon"],
    ("Thanh Ho Chi Minh", "VN"): ["Ho Chi Minh City"],
    ("Hai Phong", "VN"): ["Haiphong"],
    ("Jakarta", "ID"): ["Tanjung Priok"],
    ("Qingdao Gang", "CN"): ["Qingdao"],
    ("Tianjin Xin Gang", "CN"): ["Tianjin", "Xingang"],
    ("Jiddah", "SA"): ["Jeddah"],
    ("Al Iskandariyh (Alexandria)", "EG"): ["Al Iskandariyah"],
    ("As Suways", "EG"): ["Suez"],
    ("Port Elizabeth", "ZA"): ["Gqeberha"],
    ("Odesa", "UA"): ["Odessa"],
    ("Oporto", "PT"): ["Porto"],
    ("Al Fujayrah", "AE"): ["Fujairah"],
}

# (name in the World Port Index, country): other codes of the same place.
CODES = {
    # searoute's port table, and others after it, have KPNJN.
    ("Najin", "KP"): ["KPNJN"],
    # UN/LOCODE has these beside the World Port Index's CNSGH, CNNBO and CNQIN.
    ("Shanghai", "CN"): ["CNSHA"],
    ("Ningbo", "CN"): ["CNNGB"],
    ("Qingdao Gang", "CN"): ["CNTAO"],
}


def key(text):
    """What is left of a country's name when case and punctuation are taken off."""
    return re.sub(r"[^a-z]", "", text.lower())


def countries():
    """Country names to ISO 3166-1 codes, from countries.csv beside this file."""
    with open(HERE / "countries.csv", encoding="utf-8", newline="") as table:
        return {
            key(name): row["code"] for row in csv.DictReader(table) for name in row["names"].split(";")
        }


def degrees(text, most):
    """A coordinate to five decimals, one metre; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not abs(value) <= most:
        return None
    return f"{value:.5f}".rstrip("0").rstrip(".")


def locode(text):
    """The five characters of a UN/LOCODE, with or without a space; None if it is none."""
    code = text.replace(" ", "").strip().upper()
    return code if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", code) else None


def names_in(name, alternate):
    """The alternate names, and both halves of a name such as `Mumbai (Bombay)`."""
    found = [part.strip() for part in alternate.split(";")]
    halves = re.fullmatch(r"(.+?)\s*\((.+)\)", name)
    return found + ([half.strip() for half in halves.groups()] if halves else [])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8-sig", errors="replace", newline="") as source:
        rows = list(csv.DictReader(source))
    codes = countries()
    count = {"rows read": len(rows), "no place": 0, "no country": 0, "no UN/LOCODE": 0, "bad UN/LOCODE": 0}
    unknown, used, ports = set(), set(), []
    for row in rows:
        name = " ".join(row["Main Port Name"].split())
        lat, lon = degrees(row["Latitude"], 90), degrees(row["Longitude"], 180)
        if not name or lat is None or lon is None:
            count["no place"] += 1
            continue
        code = locode(row["UN/LOCODE"])
        if code is None:
            count["bad UN/LOCODE" if row["UN/LOCODE"].strip() else "no UN/LOCODE"] += 1
        full_name = row["Country Code"].strip()
        country = codes.get(key(full_name), "") if full_name else (code or "")[:2]
        if full_name and not country:
            unknown.add(full_name)
        count["no country"] += not country
        aliases = ALIASES.get((name, country), []) + names_in(name, row["Alternate Port Name"])
        used.add((name, country))
        seen = {name.casefold(), ""}
        aliases = [a for a in aliases if not (a.casefold() in seen or seen.add(a.casefold()))]
        ports.append({
            "name": name,
            "locode": code or "",
            "country": country,
            "lat": lat,
            "lon": lon,
            "harbor_size": SIZES.get(row["Harbor Size"].strip(), ""),
            "aliases": aliases,
            "other_codes": CODES.get((name, country), []),
        })
    missing = sorted((set(ALIASES) | set(CODES)) - used)
    if missing or unknown:
        sys.exit(f"not in the World Port Index: {missing}; not in countries.csv: {sorted(unknown)}")
    ports += ADDED
    ports.sort(key=lambda p: (p["country"], p["name"], p["locode"], float(p["lat"]), float(p["lon"])))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for port in ports:
        table.writerow(";".join(v) if isinstance(v, list) else v for v in (port[c] for c in COLUMNS))
    (HERE / "ports.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    count["added here"] = len(ADDED)
    count["ports written"] = len(ports)
    for what, number in count.items():
        print(f"{number:6} {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
