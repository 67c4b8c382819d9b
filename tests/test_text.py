"""Reading SPARQL as tokens, held against the store's own parser."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from api.engine import text

NOWHERE = "http://127.0.0.1:1/"
"""The store refuses this port before it would open a socket."""

BEFORE = [
    *("", "?s ?p ?o ", "?s ?p ?o.", "?s ?p true", "?s ?p 1", "?s ?p 1.", "?s a e:x", "?s a e:x."),
    *("?s ?p 'x'@en ", "?s ?p 'x'@en-gb.", "?s ?p 'x'^^e:t ", "?s ?p <i> ", "?s <p>/^<q>* 0.5 "),
    *("{}", "{?s ?p ?o}UNION{}", "BIND(1<2 AS ?z)", "BIND(<a> AS ?z)", "VALUES(?v){(<a>)(UNDEF)}"),
    *("OPTIONAL{", "MINUS{", "GRAPH ?g{", "GRAPH<g>{", "{SELECT*{", "{SELECT(?a<?b AS ?z){"),
    *("FILTER EXISTS{", "FILTER NOT EXISTS {", "FILTER(true&&EXISTS{", "{SELECT*{}ORDER BY(1<2)"),
    *("FILTER(?a<?b&&?c>?d)", "FILTER(1<2&&'>'='>'&&''='')", "FILTER(!(<a><<b>))"),
    *("FILTER(?a<?b #>\n)", "FILTER e:f(?a<?b,<i#j>)", "FILTER<f>(?a<<b>)"),
    "FILTER(1 IN(<a>,<b>))",
    *("FILTER(true<?b||false>?b)", "FILTER regex(?a,'<')", "?s ?p(<a>(1 'x'))", "[?p ?o]?q <b#c>."),
    *("?s e:a\\'b ?o.", "?s e:a.b ?o.", "?s ?p _:b.", "<<?s <p> ?o>>?q ?z."),
    "?s ?p <<(?a <b> <c>)>>",
    *('?s ?p """a"b\\""" """.', "?s ?p '''a''b\\''''.", "?s ?p ''.", "?s ?p '\\'#'.", '?s ?p "{".'),
    *("# '''\n", "#SERVICE <x> {\n", "?e\u0301 ?p·q ?x\u203fy.", "?s e:%41\\~ '<'. "),
]  # fmt: skip
CALLS = [
    *("SERVICE", "service ", "SerVice SILENT", "SERVICE#>\n", "SERVICE # {\n\t", "SERVICESILENT "),
    *("?service ?p ", "'SERVICE' ?p ", "e:service ?p ", "?s ?p e:x.service ", "<SERVICE> ?p "),
    *('?s ?p "SERVICE <x> {" ', "?s ?p '''SERVICE\n''' ", "$SERVICE a ", "_:service ?p "),
    *("?x·service ?p ", "?s ?p e:a\\'SERVICE.", "?s ?p 'x'@service ", "?s ?p 1SERVICE "),
    *("SERVICX", "# SERVICE\n"),
    *("FILTER(?a<?service&&?c>?d)", "FILTER(?a<?b)SERVICE", "BIND(e:service(<service>) AS ?z) "),
]  # fmt: skip
TARGETS = [f"<{NOWHERE}>", "e:", "?e", "<#>", "?e.", ""]
BODIES = ["{}", "{?s ?p ?o}", " {?s ?p '}'}", "{#}\n}", "{SERVICE?e{}}", ""]


def accepted(query: str) -> bool:
    try:
        Store().query(query, base_iri=NOWHERE)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):  # the call; a function that is not known
        return True
    return True


def calls(query: str) -> bool:
    """Whether the word is a keyword to the store: another word in its place would not do."""
    return not accepted(re.sub("service", "servicx", query, flags=re.IGNORECASE))


@st.composite
def queries(draw: st.DrawFn) -> str:
    prologue = draw(st.sampled_from(["", "BASE <a#b> ", "#SERVICE\n", "PREFIX service: <x> "]))
    before = "".join(draw(st.lists(st.sampled_from(BEFORE), max_size=4)))
    clause = "".join(draw(st.sampled_from(part)) for part in (CALLS, TARGETS, BODIES))
    after = "".join(draw(st.lists(st.sampled_from(BEFORE), max_size=1)))
    inside = before + clause + after
    bare = re.sub(
        r"#[^\n]*|\"\"\"a.*?\"\"\" \"\"\"|'\\'#'|'[{}]'|\"[{]\"|\"SERVICE <x> {\"", "", inside
    )
    missing = bare.count("{") - bare.count("}")
    closing = "}" * missing + (")" if "true&&EXISTS{" in before else "")
    return f"PREFIX e: <{NOWHERE}> {prologue}SELECT * {{{inside}{closing}}}"


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(queries())
@example(f"SELECT * {{ ?s ?p trueSERVICE<{NOWHERE}>{{}} }}")
@example(f"PREFIX e: <{NOWHERE}> SELECT * {{SERVICEe:{{}}}}")
@example(f"PREFIX e: <{NOWHERE}> SELECT * {{SERVICESILENTe:{{}}}}")
@example(f"PREFIX e: <{NOWHERE}> SELECT * {{?s ?p trueSERVICESILENTe:{{}}}}")
@example(f"SELECT * {{ FILTER(1<2&&'>'='>'&&''='')SERVICE<{NOWHERE}>{{?s ?p 'x'}} }}")
@example("PREFIX SERVICEx: <y> SELECT * { ?s ?p SERVICEx: { ?a ?b ?c } }")
@example('SELECT * { ?s ?p ("""a" "SERVICE") }')
def test_a_call_is_seen_where_the_store_would_make_one_and_nowhere_else(query: str) -> None:
    if accepted(query):
        assert (text.service_call(query) is not None) == calls(query)


def test_the_queries_of_this_test_are_ones_that_the_store_takes() -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(queries())
    def look(query: str) -> None:
        if accepted(query):
            seen[calls(query)] += 1

    look()
    assert min(seen.values()) > 20


@pytest.mark.parametrize(
    "piece",
    [
        *(".", "a.", "a ", "a-", "a:.", "a:..b..", ":", "<", "<a", "{", "(", "\\", "@a-", "1e"),
        "1.",
        *("'", '"', "'''\\", "'''\\'''", "''' ' \\", "'\\", "'a\n", '"""a""', "#", "# ", "\u0301"),
    ],
)  # fmt: skip
def test_reading_takes_time_in_proportion_to_the_text(piece: str) -> None:
    query = "a:" + piece * (200_000 // len(piece)) + " SERVICE"
    started = time.process_time()
    text.service_call(query)
    assert time.process_time() - started < 6.0


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_tokens_are_pieces_of_the_text_in_order(query: str) -> None:
    at = 0
    for token in text.tokens(query):
        assert token.start >= at
        assert query[token.start : token.end] == token.text
        assert not query[at : token.start].strip() or "#" in query[at : token.start]
        at = token.end
