"""Submissions: kept whole, decided one after another, published, and taken back without a trace."""

import json
import threading
from dataclasses import replace
from pathlib import Path

from api_server import GRAPH, ID
from pyoxigraph import Literal, NamedNode, Quad, Store
from sending import (
    LABEL,
    NORA,
    SEE,
    TYPE,
    A,
    contents,
    declined,
    label,
    link,
    patch,
    published,
    renamed,
    reviewed,
    send,
    thing,
    write,
)

from ocsea.derived import PROVENANCE
from ocsea.namespaces import term
from ocsea.publishing import publish as publish_release
from ocsea.release import current
from ocsea.steward.difference.patch import read
from ocsea.steward.files import csvw
from ocsea.steward.history.releases import past
from ocsea.steward.sent import Line
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS, Template
from ocsea.steward.submissions.intake import receive, rivals
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.publication import deciding, publish, reject, withdraw
from ocsea.steward.submissions.submission import Files

# Kept


def test_what_was_sent_is_kept_byte_for_byte_under_names_that_mean_nothing(
    small: Path, ledger: Ledger
) -> None:
    content = renamed(1, "one")[0][1]
    names = ["../../etc/passwd", "a/b\\c d.ttl", "Ærlig\udc80\n.xlsx"]
    files = [(name, content + b"") for name in names]
    submission = ledger.get(send(small, files))
    assert ledger.files(submission) == [(name, content) for name in names]
    folder = small / "submissions" / submission.id / "files"
    assert sorted(p.name for p in folder.iterdir()) == ["01-passwd", "02-c-d.ttl", "03--rlig-.xlsx"]
    assert [f.name for f in submission.files] == names
    assert (submission.by, submission.status, submission.message) == ("stu", "received", "new")
    assert submission.base == current(small).version
    assert read(ledger.part(submission, "received/proposal.rdfp")).come == {label(1, "one")}


def test_what_changes_nothing_is_not_kept(small: Path, ledger: Ledger) -> None:
    files = patch(label(1, "thing 1"))
    assert declined(lambda: send(small, files)).kind == "nothing"
    assert not ledger.all().submissions


def test_limits_hold_for_a_token_for_all_and_for_the_room_on_disk(small: Path) -> None:
    files = renamed(1, "one")
    first = send(small, files, each=1)
    assert "yours" not in declined(lambda: send(small, files, each=1)).detail.split()
    send(small, files, token=NORA_EVERYWHERE, each=1)
    assert declined(lambda: send(small, files, open=2)).kind == "full"
    assert declined(lambda: send(small, files, megabytes=0)).kind == "full"
    reject(small, first, "cora", "no")
    send(small, files, each=1, open=2)


NORA_EVERYWHERE = replace(NORA, states=None)


def test_ids_sort_by_time_and_are_no_ones_else_when_many_send_at_once(
    small: Path, ledger: Ledger
) -> None:
    def sender() -> None:
        for _ in range(3):
            came.append(send(small, renamed(1, "one"), each=99))

    came: list[str] = []
    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = ledger.all().submissions
    assert [s.id for s in listed] == sorted(came, reverse=True)
    assert len(set(came)) == 12
    assert [s.received for s in listed] == sorted((s.received for s in listed), reverse=True)


def test_what_is_damaged_or_foreign_is_told_and_the_rest_is_there(
    small: Path, ledger: Ledger
) -> None:
    names = [send(small, renamed(n, "x")) for n in range(5)]
    folder = small / "submissions"
    (folder / names[0] / "submission.json").write_text("{", encoding="utf-8")
    (folder / names[1] / "submission.json").unlink()
    about = (folder / names[3] / "submission.json").read_text(encoding="utf-8")
    (folder / names[2] / "submission.json").write_text(about, encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / names[3] / "files" / "01-change.rdfp").write_bytes(b"other")
    listed = ledger.all()
    assert [s.id for s in listed.submissions] == [names[4], names[3]]
    assert [trouble.split(":")[-1].split()[-1] for trouble in listed.troubles] == [
        "submission.",
        names[3] + ".",
        "missing.",
        "read.",
    ]
    assert declined(lambda: ledger.files(ledger.get(names[3]))).kind == "damaged"
    assert declined(lambda: ledger.get("../../x")).kind == "unknown"
    assert declined(lambda: ledger.get("20261123-000000-000000-abcd")).kind == "unknown"


# Decided


def test_publishing_makes_the_release_that_says_so_and_withdrawing_leaves_no_trace(
    small: Path, ledger: Ledger
) -> None:
    before, built = contents(small), current(small)
    name = send(small, [*renamed(1, "one"), ("a remark.txt", b"")])
    written = publish(small, name, "cora", reviewed)
    release = current(small)
    assert release.version == written.version
    assert label(1, "one") in set(release.quads())
    assert label(1, "thing 1") not in set(release.quads())
    (entry,) = release.manifest["submissions"]
    assert (entry["id"], entry["by"], entry["curator"], entry["warnings"]) == (
        name,
        "stu",
        "cora",
        1,
    )
    said = release.manifest["written"]
    assert (said["kind"], said["by"], said["submission"]) == ("publish", "cora", name)
    assert said["parent"] == built.version

    withdraw(small, name, "cora", "a mistake")
    after = contents(small)
    assert {iri: after[iri] for iri in before} == before
    assert after.keys() - before.keys() == {PROVENANCE}  # the small release was not built
    assert current(small).manifest["submissions"] == []
    steps = ledger.get(name).steps
    assert [step.status for step in steps] == ["received", "published", "withdrawn"]
    assert [step.release for step in steps[1:]] == [release.version, current(small).version]
    assert steps[2].reason == "a mistake"


def test_provenance_tells_who_sent_what_when_while_it_is_in_force(small: Path) -> None:
    first = published(small, renamed(1, "one"))
    plain = contents(small)[PROVENANCE]
    second = published(small, renamed(2, "two"))
    text = contents(small)[PROVENANCE].decode()
    assert f"<{ID}submission/{second}> <http://www.w3.org/ns/prov#used> <{ID}file/" in text
    assert f"<{ID}submission/{second}> <http://www.w3.org/ns/prov#generated> <{GRAPH}a>" in text
    assert f"#wasAssociatedWith> <{ID}agent/token-stu>" in text
    assert f"#wasAssociatedWith> <{ID}agent/token-cora>" in text
    withdraw(small, second, "cora", "")
    assert contents(small)[PROVENANCE] == plain
    assert f"submission/{first}>" in plain.decode()


def test_what_is_decided_is_decided(small: Path, ledger: Ledger) -> None:
    name = send(small, renamed(1, "one"))
    before = current(small).version
    reject(small, name, "cora", "no source")
    assert ledger.get(name).steps[-1].reason == "no source"
    for again in (
        lambda: publish(small, name, "cora", reviewed),
        lambda: reject(small, name, "cora", ""),
        lambda: withdraw(small, name, "stu", ""),
    ):
        assert declined(again).kind == "decided"
    own = send(small, renamed(1, "one"))
    assert withdraw(small, own, "stu", "changed my mind") is None
    assert ledger.get(own).status == "withdrawn"
    assert current(small).version == before


def test_violations_never_publish(small: Path, ledger: Ledger) -> None:
    before = current(small).version
    name = send(small, [*renamed(1, "one"), ("2", b""), ("3", b"")])
    assert declined(lambda: publish(small, name, "cora", reviewed)).kind == "not-conforming"
    assert current(small).version == before
    assert ledger.get(name).status == "received"


def test_a_new_source_comes_with_its_graph_and_goes_with_it(small: Path) -> None:
    graph, source = NamedNode(f"{GRAPH}new2026"), NamedNode(f"{ID}source/new2026")
    facts = {
        "rdf:type": term("ocsea:Source"),
        "rdfs:label": Literal("New", language="en"),
        "dcterms:identifier": Literal("new2026"),
        "dcterms:title": Literal("New", language="en"),
        "dcterms:publisher": Literal("Somebody"),
        "dcterms:issued": Literal("2026", datatype=term("xsd:gYear")),
        "dcterms:rights": Literal("open"),
        "ocsea:edition": Literal("First"),
    }
    files = patch(*(Quad(source, term(p), o, graph) for p, o in facts.items()))
    before = contents(small)
    name = published(small, files)
    manifest = current(small).manifest
    assert manifest["sources"] == {
        "new2026": {"title": "New", "edition": "First", "issued": "2026", "rights": "open"}
    }
    assert manifest["submissions"][0]["sources"] == ["new2026"]
    withdraw(small, name, "cora", "")
    assert current(small).manifest["sources"] == {}
    assert contents(small).keys() - {PROVENANCE} == before.keys()


# Conflicts


def test_who_changed_the_same_record_meanwhile_is_named(small: Path, ledger: Ledger) -> None:
    first, second = send(small, renamed(1, "one")), send(small, renamed(1, "uno"))
    other = send(small, renamed(2, "two"))
    assert rivals(ledger, ledger.get(second)) == [(ledger.get(first), [thing(1).value])]
    publish(small, first, "cora", reviewed)
    refused = declined(lambda: publish(small, second, "cora", reviewed))
    assert refused.kind == "conflict"
    assert refused.more["records"] == [{"record": thing(1).value, "submission": first, "by": "stu"}]
    assert refused.detail.startswith(f"thing/1 has changed since this was sent (submission {first}")
    publish(small, other, "cora", reviewed)
    withdraw(small, first, "cora", "")
    publish(small, second, "cora", reviewed)


def test_a_record_that_was_written_to_directly_is_a_conflict_of_nobodys(small: Path) -> None:
    name = send(small, renamed(1, "one"))
    write(small, f'<{thing(1).value}> <{SEE.value}> "more"')
    refused = declined(lambda: publish(small, name, "cora", reviewed))
    assert refused.more["records"] == [{"record": thing(1).value}]


def test_what_says_the_same_as_was_published_meanwhile_has_nothing_to_publish(small: Path) -> None:
    name = send(small, renamed(1, "one"))
    published(small, renamed(1, "one"))
    assert declined(lambda: publish(small, name, "cora", reviewed)).kind == "nothing"


def test_what_later_submissions_stand_on_is_not_withdrawn(small: Path) -> None:
    new = Quad(thing("new"), TYPE, term("skos:Concept"), A)
    first = published(small, patch(new, label("new", "new"), label(1, "one")))
    same = published(small, patch(link(1, 2), link(1, 3)))
    refused = declined(lambda: withdraw(small, first, "cora", ""))
    assert refused.kind == "conflict"
    assert refused.more["records"] == [{"record": thing(1).value, "submission": same, "by": "stu"}]
    withdraw(small, same, "cora", "")
    points = published(small, patch(link(5, "new")))
    refused = declined(lambda: withdraw(small, first, "cora", ""))
    assert refused.more["records"][0]["submission"] == points
    withdraw(small, points, "cora", "")
    withdraw(small, first, "cora", "")


def test_what_was_written_over_is_not_withdrawn_and_told(small: Path, ledger: Ledger) -> None:
    name = published(small, renamed(1, "one"))
    write(small, f'<{thing(1).value}> <{LABEL.value}> "thing 1"@en')
    refused = declined(lambda: withdraw(small, name, "cora", ""))
    assert refused.more["records"] == [{"record": thing(1).value}]
    assert ledger.get(name).status == "published"


def test_direct_writes_leave_submissions_in_force_and_are_kept_by_withdrawals(small: Path) -> None:
    name = published(small, renamed(1, "one"))
    write(small, '<http://a> <http://b> "c"', "http://www.example/g")
    assert [each["id"] for each in current(small).manifest["submissions"]] == [name]
    assert f"submission/{name}>" in contents(small)[PROVENANCE].decode()
    withdraw(small, name, "cora", "")
    assert contents(small)["http://www.example/g"]


def test_facts_that_were_built_since_have_the_last_word(small: Path) -> None:
    base = current(small)
    name = published(small, patch(label(1, "one"), label(2, "two"), gone=(label(3, "thing 3"),)))
    graphs = contents(small)
    reviewed_since = {iri: base.graphs()[iri].read_bytes() for iri in base.graphs()}
    lines = {*reviewed_since[A.value].splitlines(True)}
    lines = {line for line in lines if b'"thing 3"' not in line}
    lines.add(f'{thing(1)} {LABEL} "one"@en .\n'.encode())
    reviewed_since[A.value] = b"".join(sorted(lines))
    built = publish_release(small, reviewed_since, {"sources": {}}, switch=False)
    manifest = current(small).manifest
    about = {key: manifest[key] for key in ("submissions", "written", "sources")}
    publish_release(small, graphs, about | {"base": built.version})
    withdraw(small, name, "cora", "")
    assert contents(small)[A.value] == reviewed_since[A.value]


# Agreement with the release


def test_a_withdrawal_that_nobody_noted_is_noted_with_its_reason(
    small: Path, ledger: Ledger
) -> None:
    name = published(small, renamed(1, "one"))
    about = (small / "submissions" / name / "submission.json").read_bytes()
    withdraw(small, name, "cora", "why")
    (small / "submissions" / name / "submission.json").write_bytes(about)
    write(small, "<http://a> <http://b> 1", "http://www.example/g")
    with deciding(small):
        step = ledger.get(name).steps[-1]
    assert (step.status, step.by, step.reason) == ("withdrawn", "cora", "why")


def test_going_back_to_an_earlier_release_opens_what_came_later(
    small: Path, ledger: Ledger
) -> None:
    before = current(small).version
    name = published(small, renamed(1, "one"))
    (small / "current").unlink()
    (small / "current").symlink_to(Path("releases") / before)
    with deciding(small):
        assert [s.status for s in ledger.get(name).steps] == ["received", "published", "received"]
    publish(small, name, "cora", reviewed)


def test_submission_json_is_for_people_and_programs(small: Path) -> None:
    name = send(small, renamed(1, "one"))
    text = (small / "submissions" / name / "submission.json").read_text(encoding="utf-8")
    said = json.loads(text)
    assert (said["id"], said["status"], said["by"]) == (name, "received", "stu")
    assert said["records"].keys() == {thing(1).value}


# On today's graph


def test_norways_sheets_are_sent_published_and_withdrawn(today: Path) -> None:
    before, ledger = contents(today), Ledger(today)
    sheets = template(current(today), "NOR")
    assert declined(lambda: receive(today, ledger, NORA, zipped(sheets), "")).kind == "nothing"
    record = "observation/ncmec-cybertip-reports/NOR/2020"
    sent = zipped(with_cell(sheets, record, "value", "6980"))
    submission = receive(today, ledger, NORA, sent, "revised")
    assert submission.states == ("NOR",)
    assert submission.records.keys() == {ID + record}
    assert b"6979 \xe2\x86\x92 6980" in ledger.part(submission, "received/words.txt")

    publish(today, submission.id, "cora")
    value = Quad(
        NamedNode(ID + record),
        term("sdmx-measure:obsValue"),
        Literal("6980", datatype=term("xsd:integer")),
        NamedNode(f"{GRAPH}mapping2021"),
    )
    assert value in Store.read_only(str(current(today).store))
    told = past(current(today), NamedNode(ID + record))
    assert [value.made.submission for value in told] == [submission.id, ""]
    withdraw(today, submission.id, "cora", "a test")
    assert contents(today) == before

    broken = receive(today, ledger, NORA, zipped(with_cell(sheets, record, "value", "many")), "")
    refused = declined(lambda: publish(today, broken.id, "cora"))
    assert refused.kind == "not-conforming"
    assert refused.more["report"]["conforms"] is False


def with_cell(sheets: Template, record: str, column: str, text: str) -> Template:
    """The template with one cell of a record's row changed."""

    def line(one: Line) -> Line:
        is_it = one.cells["record"] == record
        return replace(one, cells={**one.cells, column: text}) if is_it else one

    tables = tuple(replace(t, lines=tuple(map(line, t.lines))) for t in sheets.tables)
    return replace(sheets, tables=tables)


def zipped(sheets: Template) -> Files:
    return [("norway.zip", csvw.write(sheets, SHEETS))]
