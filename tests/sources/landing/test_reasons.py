"""Reasons of held releases: code and values, worded in English for the log and in Norwegian for the board (T32)."""

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from sources.landing.reasons import Reason, in_norwegian, reason, wordings
from sources.landing.store import Decision

PROJECT = Path(__file__).parents[3]
USED = re.compile(r'\breason\(\s*"(\w+)"|"(older_than_\w+|put_back|upstream_went_back)"')
MOMENT = datetime(2026, 11, 29, tzinfo=UTC)
TOTAL = {"measure": "settled", "unit": "persons", "year": 2022, "before": 3167.0}

WORDED = [
    ("rows_fell", {"before": 8999, "now": 2999, "limit": 0.8}, "færre rader: 2999, mot 8999 før (grensen er 80 %)"),
    ("rows_rose", {"before": 10, "now": 30, "limit": 2.0}, "flere rader: 30, mot 10 før (grensen er 200 %)"),
    (
        "regions_fell",
        {"level": "municipality", "before": 356, "now": 6},
        "færre områder på nivået kommune: 6, mot 356 før",
    ),
    (
        "other_municipality",
        {"areas": ["3907"], "home": "3909"},
        "tallene gjelder 3907, og her er hjemkommunen 3909: ta bort filen, eller godta den for å ha tallene ved siden av",
    ),
    ("mostly_hidden", {"share": 0.995, "limit": 0.9}, "99,5 % av cellene har ikke noe tall (grensen er 90 %)"),
    (
        "more_hidden",
        {"before": 0.1, "now": 0.43, "limit": 0.2},
        "celler uten tall har økt fra 10,0 % til 43,0 % (grensen er 20 % mer)",
    ),
    ("below_zero", {"count": 3}, "celler med tall under null: 3"),
    ("above_whole", {"share": 0.031, "limit": 0.01}, "3,1 % av andelene er over 100 prosent (grensen er 1 %)"),
    (
        "contradicted_zeros",
        {"count": 12, "areas": ["0301", "1103", "3905", "3907", "3909", "4601"], "limit": 10},
        "12 summer er 0 selv om delene er større enn 0, i 0301, 1103, 3905, 3907, 3909 … (grensen er 10)",
    ),
    (
        "under_two_codes",
        {"count": 51, "years": [2021, 2022, 2023], "old": "3805", "new": "3909"},
        "51 tall for samme sted og år står under to koder i 2021-2023, for eksempel 3805 og 3909: de ville blitt talt to ganger",
    ),
    ("years_lost", {"years": [2015, 2024]}, "år er borte: 2015, 2024"),
    ("years_missing", {"years": [2023, 2024, 2025]}, "år mangler som hver hel fil har: 2023-2025"),
    (
        "figures_gone",
        {"measure": "settled", "unit": "persons", "years": [2020]},
        "tall er borte: settled (personer) i 2020",
    ),
    (
        "measures_missing",
        {"measures": ["requested", "settled"]},
        "ingen tall for requested, settled, som hver hel fil har",
    ),
    ("categories_lost", {"dimension": "sex", "codes": ["female"]}, "Kjønn: kategorier er borte: female"),
    ("county_gone", {"county": "39", "years": [2024]}, "ingen kommuner igjen i fylke 39 i 2024"),
    ("places_gone", {"year": 2024, "codes": ["3909"]}, "2024: ingen rad for 3909"),
    ("total_moved", {**TOTAL, "now": 6334.0}, "settled (personer) 2022: summen gikk fra 3167 til 6334"),
    (
        "total_zero",
        {**TOTAL, "now": 0.0},
        "settled (personer) 2022: summen gikk fra 3167 til 0: alt er null eller skjult",
    ),
    (
        "jumped",
        {"count": 9, "all": 40, "factor": 10},
        "9 av 40 endrede celler i avsluttede år er blitt minst 10 ganger større eller mindre",
    ),
    (
        "taken_over",
        {"year": 2022, "other": "original_request", "measure": "requested", "places": 320},
        "2022: original_request har tallene som requested hadde før (320 steder)",
    ),
    (
        "revised_down",
        {**TOTAL, "level": "county", "now": 3100.0},
        "settled (personer, fylke) 2022: satt ned fra 3167 til 3100 i cellene som er endret",
    ),
    ("covers", {"regions": 6, "all": 356}, "dekker 6 av 356 kommuner"),
    ("serves_none", {"indicators": ["settled_persons"]}, "gir ingen tall til settled_persons"),
    ("new_labels", {"dimension": "sex", "labels": ["Ukjent"]}, "Kjønn: nye navn: Ukjent"),
    ("level_left", {"level": "county"}, "ingen tall for nivået fylke: de i utgaven før brukes fortsatt"),
    (
        "use_lost",
        {"indicator": "settled_persons", "lacking": "settled (persons)"},
        "indikatoren settled_persons ville mistet tallene sine: ingen settled (persons)",
    ),
    ("same_date", {"file": "a.csv"}, "gjelder samme datasett og dato som a.csv, med andre tall"),
    (
        "older_than_beside",
        {"file": "a.csv", "date": "2024-02-29"},
        "er eldre enn a.csv fra 29.02.2024, som også ligger der",
    ),
    ("older_than_fetched", {"file": "a.csv", "date": "2024-02-29"}, "er eldre enn a.csv fra 29.02.2024, som er hentet"),
    ("put_back", {}, "lagt tilbake i mappen"),
    ("upstream_went_back", {}, "utgiveren har gått tilbake til en eldre utgave"),
    (
        "covers_less",
        {"level": "municipality", "regions": 6, "all": 356, "file": "a.csv"},
        "dekker mindre enn det som er i bruk (kommune: 6 områder mot 356 i a.csv)",
    ),
    ("passed_disclosure_control", {}, "gikk gjennom skjermingen"),
]


@pytest.mark.parametrize(("code", "values", "wanted"), WORDED, ids=[code for code, *_ in WORDED])
def test_each_kind_of_reason_is_norwegian_and_survives_landing(code: str, values: dict, wanted: str) -> None:
    kept = Decision(state="held", reasons=[reason(code, **values)], decided_at=MOMENT)
    back = Decision.model_validate_json(kept.model_dump_json())
    assert back.reasons == kept.reasons
    assert back.reasons[0].nb.replace("\N{NO-BREAK SPACE}", " ").startswith(wanted)
    assert back.reasons[0].en and back.reasons[0].en != back.reasons[0].nb


def test_every_reason_the_code_gives_has_a_wording_and_every_wording_is_given() -> None:
    files = [path for room in ("sources", "orchestration") for path in (PROJECT / room).rglob("*.py")]
    used = {a or b for path in files for a, b in USED.findall(path.read_text(encoding="utf-8"))}
    assert used == set(wordings()) - {"as_written"}
    assert {code for code, *_ in WORDED} == used


def test_both_languages_say_the_same_values() -> None:
    for code, text in wordings().items():
        english, norwegian = ({name for _, name, _, _ in Formatter().parse(text[one]) if name} for one in ("en", "nb"))
        assert english - {"limit"} == norwegian - {"limit"}, code


def test_a_decision_from_before_reasons_had_codes_is_still_read() -> None:
    old = '{"state": "held", "reasons": ["years lost: 2024 {x}"], "decided_at": "2026-11-01T00:00:00Z"}'
    found = Decision.model_validate_json(old)
    assert found.reasons == [Reason(code="as_written", values={"text": "years lost: 2024 {x}"})]
    assert in_norwegian(found.reasons) == "years lost: 2024 {x}"


def test_a_reason_without_wording_is_refused() -> None:
    with pytest.raises(KeyError):
        reason("nobody_knows")
