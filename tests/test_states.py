"""Who there is: every entity of the sources, its codes and names, and who belonged to what."""

from collections import defaultdict
from pathlib import Path

import pycountry
import pytest
from pyoxigraph import Literal, NamedNode
from spoilt import load_changed, opened

from ocsea.errors import DataError, OcseaError
from ocsea.ids import thing
from ocsea.namespaces import term
from ocsea.parties import Parties, fold
from ocsea.resources import ROOT
from ocsea.sources import load_source

COUNTRY = "http://publications.europa.eu/resource/authority/country/"
EU = thing("body", "european-union")
UK = thing("state", "GBR")
COUNCIL_OF_EUROPE = {
    *("ALB", "AND", "ARM", "AUT", "AZE", "BEL", "BGR", "BIH", "CHE", "CYP", "CZE", "DEU", "DNK"),
    *("ESP", "EST", "FIN", "FRA", "GBR", "GEO", "GRC", "HRV", "HUN", "IRL", "ISL", "ITA", "LIE"),
    *("LTU", "LUX", "LVA", "MCO", "MDA", "MKD", "MLT", "MNE", "NLD", "NOR", "POL", "PRT", "ROU"),
    *("RUS", "SMR", "SRB", "SVK", "SVN", "SWE", "TUR", "UKR"),
}


class Facts(dict[tuple[NamedNode, str], set[str]]):
    """The values of a record's properties, by the record and the property's local name."""

    def __missing__(self, key: tuple[NamedNode, str]) -> set[str]:
        return set()


@pytest.fixture(scope="module")
def facts() -> Facts:
    found = Facts()
    for t in load_source(*opened("states")):
        assert isinstance(t.subject, NamedNode)
        assert isinstance(t.object, Literal | NamedNode)
        name = t.predicate.value.replace("#", "/").rsplit("/", 1)[-1]
        found.setdefault((t.subject, name), set()).add(t.object.value)
    return found


def _members(facts: Facts, organisation: NamedNode) -> set[NamedNode]:
    """The membership records of an organisation."""
    return {s for (s, p), v in facts.items() if p == "organization" and organisation.value in v}


def test_albania_has_its_codes_and_its_place_in_the_eu_table(facts: Facts) -> None:
    albania = thing("state", "ALB")
    assert facts[albania, "label"] == {"Albania"}
    assert facts[albania, "iso3"] == {"ALB"}
    assert facts[albania, "iso2"] == {"AL"}
    assert facts[albania, "isoNumeric"] == {"008"}
    assert facts[albania, "exactMatch"] == {COUNTRY + "ALB"}


@pytest.mark.parametrize(
    ("iri", "kind", "label", "iso2"),
    [
        (thing("state", "PSE"), "ObserverState", "State of Palestine", "PS"),
        (thing("entity", "VAT"), "SovereignEntity", "Holy See", "VA"),
        (thing("entity", "NIU"), "AssociatedState", "Niue", "NU"),
        (thing("entity", "COK"), "AssociatedState", "Cook Islands", "CK"),
        (thing("state", "FSM"), "State", "Federated States of Micronesia", "FM"),
    ],
)
def test_each_entity_is_typed_for_what_it_is(
    facts: Facts, iri: NamedNode, kind: str, label: str, iso2: str
) -> None:
    assert facts[iri, "type"] == {term(f"ocsea:{kind}").value}
    assert facts[iri, "label"] == {label}
    assert facts[iri, "iso2"] == {iso2}


def test_the_european_union_is_a_body_that_joins_treaties(facts: Facts) -> None:
    assert facts[EU, "type"] == {term("ocsea:RegionalOrganization").value}
    assert facts[EU, "identifier"] == facts[EU, "acronym"] == {"EU"}
    assert facts[EU, "exactMatch"] == {COUNTRY + "EUR"}
    assert not facts[EU, "iso3"]


def test_kosovo_has_a_designation_note_and_no_code_of_iso(facts: Facts) -> None:
    kosovo = thing("state", "XKX")
    (note,) = facts[kosovo, "designationNote"]
    assert "1244/1999" in note
    assert "International Court of Justice" in note
    assert facts[kosovo, "iso3"] == {"XKX"}
    assert facts[kosovo, "exactMatch"] == {COUNTRY + "1A0"}
    assert not facts[kosovo, "iso2"] | facts[kosovo, "isoNumeric"]


def test_only_kosovo_lacks_an_iso_code(facts: Facts) -> None:
    coded = {s for s, p in facts if p == "iso3"}
    assert len(coded) == 197
    assert {s for s in coded if not facts[s, "isoNumeric"]} == {thing("state", "XKX")}


def test_every_label_is_a_name_that_iso_3166_gives(facts: Facts) -> None:
    others = {"VAT": "Holy See", "XKX": "Kosovo"}
    for subject in {s for s, p in facts if p == "iso3"}:
        (key,), (label,) = facts[subject, "iso3"], facts[subject, "label"]
        country = pycountry.countries.get(alpha_3=key)
        name = country.name if country else others[key]
        natural = " ".join(reversed(name.split(", ")))
        official = getattr(country, "official_name", natural)
        assert fold(label) in {fold(natural), fold(official), fold(others.get(key, natural))}


def test_links_to_the_eu_table_use_the_iso_code(facts: Facts) -> None:
    for subject in {s for s, p in facts if p == "isoNumeric"}:
        (key,) = facts[subject, "iso3"]
        assert facts[subject, "exactMatch"] == {COUNTRY + key}


def test_names_that_sources_print_are_kept(facts: Facts) -> None:
    kept: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (subject, p), names in facts.items():
        if p in ("altLabel", "formerName") and "/state/" in subject.value:
            kept[subject.value[-3:]] |= {(p, name) for name in names}
    former = {key: {n for p, n in names if p == "formerName"} for key, names in kept.items()}
    other = {key: {n for p, n in names if p == "altLabel"} for key, names in kept.items()}
    assert {key: names for key, names in former.items() if names} == {
        "MKD": {"Macedonia", "The former Yugoslav Republic of Macedonia"},
        "SWZ": {"Swaziland"},
        "TUR": {"Turkey"},
    }
    assert {key: names for key, names in other.items() if names} == {
        "BIH": {"Bosnia & Herzegovina"},
        "BOL": {"Bolivia (Plurinational State of)"},
        "CYP": {"Republic of Cyprus"},
        "CZE": {"Czech Republic"},
        "FSM": {"Micronesia (Federated States of)"},
        "GBR": {"UK", "United Kingdom of Great Britain and Northern Ireland"},
        "IRN": {"Iran (Islamic Republic of)"},
        "KNA": {"St. Kitts and Nevis"},
        "LCA": {"St. Lucia"},
        "LUX": {"Luxemburg"},
        "MDA": {"Moldova"},
        "MNE": {"Republic of Montenegro"},
        "NLD": {"The Netherlands"},
        "RUS": {"Russia"},
        "SVK": {"Slovak Republic"},
        "VCT": {"St. Vincent and the Grenadines"},
        "VEN": {"Venezuela (Bolivarian Republic of)"},
    }


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("SLOVAK REPUBLIC", "SVK"),
        ("SLOVAKIA", "SVK"),
        ("BOSNIA & HERZEGOVINA", "BIH"),
        ("REPUBLIC OF MOLDOVA", "MDA"),
        ("MOLDOVA", "MDA"),
        ("TURKEY", "TUR"),
        ("RUSSIAN FEDERATION", "RUS"),
        ("Russia", "RUS"),
        ("Cote d’Ivoire", "CIV"),
        ("Congo", "COG"),
        ("Democratic Republic of the Congo", "COD"),
        ("Republic of Korea", "KOR"),
        ("Democratic People's Republic of Korea", "PRK"),
        ("St. Vincent and the Grenadines", "VCT"),
        ("The Netherlands", "NLD"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
    ],
)
def test_printed_names_are_understood(printed: str, key: str) -> None:
    assert Parties(ROOT / "data" / "states").find(printed) == thing("state", key)


def test_eu_membership_by_the_treaties(facts: Facts) -> None:
    begins = defaultdict(set)
    for membership in _members(facts, EU):
        (begin,) = facts[membership, "begin"]
        begins[begin].add(membership.value.rsplit("/", 1)[1])
    assert begins == {
        "1958-01-01": {"BEL", "DEU", "FRA", "ITA", "LUX", "NLD"},
        "1973-01-01": {"DNK", "GBR", "IRL"},
        "1981-01-01": {"GRC"},
        "1986-01-01": {"ESP", "PRT"},
        "1995-01-01": {"AUT", "FIN", "SWE"},
        "2004-05-01": {
            *("CYP", "CZE", "EST", "HUN", "LTU"),
            *("LVA", "MLT", "POL", "SVK", "SVN"),
        },
        "2007-01-01": {"BGR", "ROU"},
        "2013-07-01": {"HRV"},
    }


def test_only_the_united_kingdom_has_left(facts: Facts) -> None:
    ended = {s for s, p in facts if p == "end" and facts[s, p]}
    assert ended == {thing("membership", "european-union", "GBR")}
    (membership,) = ended
    assert facts[membership, "end"] == {"2020-01-31"}
    assert facts[membership, "member"] == {UK.value}
    places = {p for cite in facts[membership, "source"] for p in facts[NamedNode(cite), "place"]}
    assert places == {
        "Treaty of Accession of Denmark, Ireland and the United Kingdom (OJ L 73, 27.3.1972)",
        "Agreement on the withdrawal of the United Kingdom from the European Union and the "
        "European Atomic Energy Community (OJ L 29, 31.1.2020)",
    }


def test_the_council_of_europe_has_47_members_since_an_unknown_day(facts: Facts) -> None:
    memberships = _members(facts, thing("body", "council-of-europe"))
    assert {m.value[-3:] for m in memberships} == COUNCIL_OF_EUROPE
    assert len(memberships) == 47
    for membership in memberships:
        assert facts[membership, "asOf"] == {"2021-04"}
        assert not facts[membership, "begin"] | facts[membership, "end"]


@pytest.mark.parametrize(
    ("iri", "kind", "code"),
    [
        (thing("body", "council-of-europe"), "IntergovernmentalOrganization", "CoE"),
        (
            thing("body", "international-labour-organization"),
            "IntergovernmentalOrganization",
            "ILO",
        ),
        (thing("body", "lanzarote-committee"), "Committee", None),
        (thing("body", "ncmec"), "Ngo", "NCMEC"),
        (thing("body", "enoc"), "Body", "ENOC"),
        (thing("alliance", "weprotect"), "Alliance", None),
        (thing("area", "world"), "Area", None),
        (thing("area", "council-of-europe-members"), "Area", None),
    ],
)
def test_bodies_that_other_sources_name(
    facts: Facts, iri: NamedNode, kind: str, code: str | None
) -> None:
    assert facts[iri, "type"] == {term(f"ocsea:{kind}").value}
    assert facts[iri, "acronym"] == ({code} if code else set())


def test_alliances_have_their_identifiers(facts: Facts) -> None:
    assert facts[thing("alliance", "weprotect"), "identifier"] == {"WEPROTECT"}
    assert facts[thing("alliance", "global-alliance"), "identifier"] == {"GLOBAL-ALLIANCE"}


def test_every_record_names_the_place_that_says_so(facts: Facts) -> None:
    for subject in {s for s, _ in facts if "/id/locator/" not in s.value}:
        cites = facts[subject, "source"]
        assert cites or subject == thing("source", "states"), subject
        assert all(facts[NamedNode(cite), "place"] for cite in cites)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("states.csv", "ALB,state,", "ALB,entity,", r"states.csv:5.*'entity'.*not the IRI kind"),
        ("states.csv", "ALB,state,", "ALX,state,", r"states.csv:5.*'ALX'.*not an ISO 3166 code"),
        ("aliases.csv", "Luxemburg,LUX,alter", "Luxemburg,LUX,inter", "'internative'.*write"),
        ("aliases.csv", "Luxemburg,LUX", "Luxemburg,LUY", "'LUY'.*no such entity"),
        ("aliases.csv", "Luxemburg,LUX", "Belgium,LUX", "'Belgium'.*another entity"),
        ("memberships.csv", "union,Belgium", "union,Belgia", "'Belgia'.*unknown country"),
        ("memberships.csv", "1958-01-01", "1958-13-01", "'1958-13-01'.*begin|begin.*'1958-13-01'"),
        ("memberships.csv", "european-union,", "eu,", "'eu'.*not among the organisations"),
        ("memberships.csv", "note,", "remark,", "'note'.*no such column"),
    ],
)
def test_what_is_wrong_stops_the_load_and_is_named(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load_changed(tmp_path, f"states/{file}", old, new)


def test_a_lost_row_is_missed(tmp_path: Path) -> None:
    row = "council-of-europe,ALBANIA,,,2021-04,,"
    with pytest.raises(OcseaError, match="Membership: expected 75, loaded 74"):
        load_changed(tmp_path, "states/memberships.csv", _line(row, "memberships.csv"), "")


def _line(start: str, file: str) -> str:
    lines = (
        (opened("states")[0].folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    )
    return next(line for line in lines if line.startswith(start))
