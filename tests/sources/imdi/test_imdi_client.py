"""The IMDi client against the local upstream over real HTTP.

Here: levels, stamps, missing tables, the list of tables, caps. Not here: reading the CSV, network faults (test_http_*).
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sources.dataset.options import options_of
from sources.errors import NotOfKindError, SpecError, TransferError, WithdrawnError
from sources.imdi.client import ImdiClient
from sources.imdi.download import ImdiDownload
from sources.landing.store import Blob, Landing, Receipt, release_id_of
from sources.live import fetch_is_due
from tests.support.live_upstream import NOON, SETTLED, http_for, make_spec, write_release
from trials.local_upstream.server import LocalUpstream

COUNTRY = SETTLED.replace("Kommunenummer;Kommune", "Fylkesnummer;Fylke").replace("3805;", "00;").replace("0712;", "00;")
LATER = SETTLED + "Personer;2023;3805;;Faktisk bosetting;241\n"


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[LocalUpstream]:
    folder = write_release(
        tmp_path / "upstream",
        {
            "001/imdi/k/bosatt_anmodede.csv": SETTLED,
            "001/imdi/f/bosatt_anmodede.csv": COUNTRY,
            "001/imdi/k/flyktning_botid_flytting.csv": SETTLED,
            "002/imdi/k/bosatt_anmodede.csv": LATER,
        },
    )
    with LocalUpstream(folder) as running:
        yield running


BOTH = make_spec("imdi", "bosatt_anmodede", levels=["k", "f"])


def test_each_level_is_a_release_of_its_own_with_its_bytes_unchanged(upstream: LocalUpstream, landing: Landing) -> None:
    municipalities, counties = ImdiClient(http_for(upstream)).fetch(BOTH, landing)
    assert [f.blobs[0].name for f in (municipalities, counties)] == ["k_bosatt_anmodede.csv", "f_bosatt_anmodede.csv"]
    assert landing.blob_path(municipalities.blobs[0].sha256).read_bytes() == SETTLED.encode("latin-1")
    assert landing.blob_path(counties.blobs[0].sha256).read_bytes() == COUNTRY.encode("latin-1")
    assert municipalities.form == "imdi_long"
    address = "https://app-simapi-prod.azurewebsites.net/download_csv/f/bosatt_anmodede"
    assert counties.blobs[0].url == address


def test_the_real_file_goes_through_byte_for_byte(shared: Path, tmp_path: Path, landing: Landing) -> None:
    """3 673 415 bytes of settlement figures (PROVENANCE.md), served compressed."""
    raw = (shared / "upstream/imdi/long/k_bosatt_anmodede_1995-2023.csv").read_bytes()
    with LocalUpstream(write_release(tmp_path / "real", {"imdi/k/bosatt_anmodede.csv": raw})) as upstream:
        (fetched,) = ImdiClient(http_for(upstream)).fetch(make_spec("imdi", "bosatt_anmodede", levels=["k"]), landing)
    assert fetched.blobs[0].bytes == 3_673_415
    assert landing.blob_path(fetched.blobs[0].sha256).read_bytes() == raw


def test_a_level_upstream_lacks_is_noted_and_the_other_is_taken(upstream: LocalUpstream, landing: Landing) -> None:
    spec = make_spec("imdi", "flyktning_botid_flytting", levels=["k", "f"])
    (fetched,) = ImdiClient(http_for(upstream)).fetch(spec, landing)
    assert fetched.notes == {"level f is not offered": 1}


def test_without_validators_only_content_tells_and_the_rest_of_the_run_is_not_asked(upstream: LocalUpstream) -> None:
    client = ImdiClient(http_for(upstream))
    assert client.probe(BOTH).stamp is None
    assert client.probe(make_spec("imdi", "flyktning_botid_flytting")).stamp is None
    assert len(upstream.log) == 1


def test_with_validators_the_probe_reads_headers_and_sees_a_new_release(
    upstream: LocalUpstream, landing: Landing
) -> None:
    upstream.imdi.validators = True
    http = http_for(upstream)
    before = ImdiClient(http).probe(BOTH)
    fetched = ImdiClient(http).fetch(BOTH, landing)
    assert before.stamp == fetched[0].stamp == ImdiClient(http).probe(BOTH).stamp
    upstream.releases.advance("imdi/k/bosatt_anmodede")
    assert ImdiClient(http).probe(BOTH).stamp != before.stamp


def test_equal_validators_over_changed_bytes_are_trusted_for_a_while_and_the_content_decides(
    upstream: LocalUpstream, landing: Landing
) -> None:
    """Fault 9: the ETag never moves. After the trusted time the dataset is fetched, and its hash tells."""
    upstream.faults.switch_on("same_etag")
    http = http_for(upstream)
    first = ImdiClient(http).fetch(BOTH, landing)
    upstream.releases.advance("imdi/k/bosatt_anmodede")
    probe = ImdiClient(http).probe(BOTH)
    assert probe.stamp == first[0].stamp
    assert not fetch_is_due(probe, first[0].stamp, NOON, NOON + timedelta(days=1))
    assert fetch_is_due(probe, first[0].stamp, NOON, NOON + timedelta(days=31))
    second = ImdiClient(http).fetch(BOTH, landing)
    ids = [[release_id_of([f.blobs[0].sha256]) for f in fetched] for fetched in (first, second)]
    assert ids[0][0] != ids[1][0]
    assert ids[0][1] == ids[1][1]


def test_a_table_that_is_gone_is_withdrawn(upstream: LocalUpstream, landing: Landing) -> None:
    """Fault 10: a retired or renamed table."""
    upstream.imdi.validators = True
    spec = make_spec("imdi", "barnehagedeltakelse")
    client = ImdiClient(http_for(upstream))
    assert client.probe(spec).state == "withdrawn"
    with pytest.raises(WithdrawnError, match="404 for the levels k, f"):
        client.fetch(spec, landing)


@pytest.mark.parametrize("fault", ["server_error", "html"])
def test_an_unknown_name_answered_with_500_or_a_page_is_withdrawn_when_the_list_lacks_it(
    upstream: LocalUpstream, landing: Landing, fault: str
) -> None:
    """The first server answered an unknown table with 200 or 500 (2015-2016): the live list decides."""
    upstream.faults.switch_on(fault, pattern="download_csv")
    with pytest.raises(WithdrawnError):
        ImdiClient(http_for(upstream)).fetch(make_spec("imdi", "barnehagedeltakelse"), landing)
    kind = TransferError if fault == "server_error" else NotOfKindError
    with pytest.raises(kind):
        ImdiClient(http_for(upstream)).fetch(BOTH, landing)
    assert not (landing.folder / "blobs").exists()


def test_the_live_list_is_compared_with_the_specs(upstream: LocalUpstream) -> None:
    specs = [BOTH, make_spec("imdi", "utdanningsniva"), make_spec("ssb", "12272")]
    difference = ImdiClient(http_for(upstream)).difference(specs)
    assert difference.not_in_specs == ("flyktning_botid_flytting",)
    assert difference.not_upstream == ("utdanningsniva",)


def test_a_list_that_is_no_list_is_refused(upstream: LocalUpstream) -> None:
    upstream.faults.switch_on("json_error", pattern="metadata/tables")
    with pytest.raises(NotOfKindError, match="list of table names"):
        ImdiClient(http_for(upstream)).difference([BOTH])


def test_a_body_ten_times_the_last_release_is_not_taken(
    upstream: LocalUpstream, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 8: the cap follows the last release of the dataset."""
    monkeypatch.setattr("sources.imdi.client.SMALLEST_CAP_BYTES", 100)
    small = Blob(sha256="0" * 64, bytes=20, name="k.csv")
    landing.put_receipt(
        Receipt(
            dataset_id=BOTH.dataset_id,
            release_id="0" * 16,
            retrieved_at=NOON,
            blobs=[small],
            form="imdi_long",
            spec_version="1",
        )
    )
    with pytest.raises(TransferError, match="over the limit of 200 bytes"):
        ImdiClient(http_for(upstream)).fetch(BOTH, landing)


@pytest.mark.parametrize("table", ["../secret", "a/b", "A", "bosatt anmodede", "x?y=1", "bosatt_anmodede%2f.."])
def test_a_table_name_cannot_leave_the_address(table: str) -> None:
    """Fault 42."""
    with pytest.raises(SpecError):
        options_of(make_spec("imdi", "x1", table=table), "imdi", ImdiDownload)
