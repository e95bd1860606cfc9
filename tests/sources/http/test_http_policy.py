"""What a publisher's answers say themselves: how often it may be called, and what was wrong with a question.

Here: the rate limit in the headers and the title of an error. Not here: buckets and waits as such (test_http_limits.py).
"""

from contextlib import nullcontext
from pathlib import Path

import pytest

from sources.errors import NotOfKindError, SourceError, TransferError
from sources.http.content import describe, expect_semicolon_csv
from sources.http.limits import TokenBucket, allowed_per_minute
from sources.ssb.metadata import TableMetadata, Variable
from sources.ssb.selection import SsbQuery, resolve
from tests.support.live_upstream import PatientClock, http_for, write_release
from trials.local_upstream.server import LocalUpstream

CONFIG = "https://data.ssb.no/api/pxwebapi/v2/config"


@pytest.mark.parametrize(
    ("header", "rate"),
    [
        ("40;w=60s", 40.0),
        ("40;w=60", 40.0),
        ("10;w=10s", 60.0),
        ('"SB_API_1MIN";q=40;w=60', 40.0),
        (None, None),
        ("", None),
        ("0;w=60s", None),
        ("40;w=0s", None),
        ("100000;w=1s", None),
        ("plenty", None),
    ],
)
def test_the_limit_in_a_header_is_read_or_left_alone(header: str | None, rate: float | None) -> None:
    assert allowed_per_minute(header) == rate


def test_the_limit_that_answers_name_is_kept_from_then_on(tmp_path: Path) -> None:
    """SSB's guide says 30 a minute, its answers 40: a hundred calls after the first keep 40, never more."""
    clock = PatientClock()
    with LocalUpstream(write_release(tmp_path, {})) as upstream:
        http = http_for(upstream, clock)
        http.get("ssb", CONFIG)
        bucket = http._bucket(CONFIG)
        assert (bucket.burst, bucket.per_second) == (5, 35 / 60)
        named = http_for(upstream, clock, calls_per_minute={"data.ssb.no": 12.0})
        named.get("ssb", CONFIG)
        assert named._bucket(CONFIG).per_second == 7 / 60, "a limit that the installation names goes before"


def test_a_lower_limit_slows_the_calls() -> None:
    clock = PatientClock()
    bucket = TokenBucket(40, clock.as_clock())
    bucket.follow(10)
    waited = sum(bucket.take() for _ in range(20))
    assert waited > 60


def test_an_error_of_ssb_is_told_by_its_title(tmp_path: Path) -> None:
    body = b'{"type": "Parameter error", "title": "Non-existent value", "status": 400}'
    assert describe(body) == "the error \xabNon-existent value\xbb"
    with LocalUpstream(write_release(tmp_path, {})) as upstream, pytest.raises(TransferError, match="«"):
        http_for(upstream).get("ssb", CONFIG.replace("config", "tables/99999/metadata"))


def test_a_code_that_the_table_lists_twice_is_asked_for_once() -> None:
    """SSB answers 500 with an empty body to a repeated code."""
    variables = {"Region": Variable("Region", "region", ("3909", "3901", "3909"), is_time=False, can_eliminate=False)}
    query = SsbQuery.model_validate({"selection": {"Region": {"codes": ["3909", "*"]}}})
    (selection,) = resolve(query, TableMetadata("00000", variables), lambda codelist: ())
    assert selection.picked[0].codes == ("3909", "3901")


@pytest.mark.parametrize(
    ("body", "least", "error"),
    [
        (b"kommunenr;beboere\n0301;10\n", 2, None),
        (b"kommunenr;beboere\n0301;10\n", 4, NotOfKindError),
        (b"En feil har oppst\xe5tt\n", 2, NotOfKindError),
        (b"kommunenr;maaned;beboere\n0301;2026-01\n", 2, TransferError),
    ],
)
def test_a_table_of_few_columns_is_a_table_where_its_publisher_has_such(
    tmp_path: Path, body: bytes, least: int, error: type[SourceError] | None
) -> None:
    """Two columns are enough for anybody but IMDi, whose tables have four."""
    (tmp_path / "body").write_bytes(body)
    with pytest.raises(error) if error else nullcontext():
        expect_semicolon_csv(tmp_path / "body", "here", least_columns=least)
