"""Places and numbers of Iceland that an invented register needs: streets, postal towns, kennitala."""

from __future__ import annotations

from datetime import date

STREETS = (
    "Aðalstræti",
    "Austurvegur",
    "Álfheimar",
    "Bárugata",
    "Brekkugata",
    "Dalbraut",
    "Engjavegur",
    "Fjarðargata",
    "Grettisgata",
    "Hafnarbraut",
    "Hlíðarvegur",
    "Kirkjubraut",
    "Laufásvegur",
    "Mýrargata",
    "Njálsgata",
    "Skólabraut",
    "Sólvallagata",
    "Túngata",
    "Vesturgata",
    "Þórsgata",
)
POSTAL_TOWNS = {
    "101": "Reykjavík",
    "105": "Reykjavík",
    "107": "Reykjavík",
    "109": "Reykjavík",
    "112": "Reykjavík",
    "170": "Seltjarnarnes",
    "200": "Kópavogur",
    "210": "Garðabær",
    "220": "Hafnarfjörður",
    "230": "Reykjanesbær",
    "240": "Grindavík",
    "270": "Mosfellsbær",
    "300": "Akranes",
    "310": "Borgarnes",
    "340": "Stykkishólmur",
    "400": "Ísafjörður",
    "550": "Sauðárkrókur",
    "580": "Siglufjörður",
    "600": "Akureyri",
    "640": "Húsavík",
    "700": "Egilsstaðir",
    "740": "Neskaupstaður",
    "780": "Höfn í Hornafirði",
    "800": "Selfoss",
    "900": "Vestmannaeyjar",
}
CHECK_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
CENTURY_DIGITS = {18: "8", 19: "9", 20: "0"}


def kennitala(birthday: date, serial: int) -> str | None:
    """A person's number by birthday and serial (20-99), or None: some serials have no check digit.

    Source: Registers Iceland; numbers given since 18 February 2026 carry no check digit, older ones do.
    """
    digits = f"{birthday:%d%m%y}{serial:02d}"
    check = -sum(int(digit) * weight for digit, weight in zip(digits, CHECK_WEIGHTS, strict=True)) % 11
    return None if check == 10 else f"{digits}{check}{CENTURY_DIGITS[birthday.year // 100]}"
