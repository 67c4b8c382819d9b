"""Collections of what sources tell: figures, commitments, terms, and the sources themselves."""

from api.collections import filters
from api.collections.filters import one_of, phrase, thing, word
from api.collections.kinds import DATE, LABEL, AsOf, Kind, Sort, columns, linked

_ITEM_COLUMNS = columns(
    "itemNumber summary date level",
    linked("owner"),
    linked("addressedTo"),
    linked("contributesTo"),
    linked("topic"),
    linked("restsOn"),
    "note",
)
_ITEM_FILTERS = (
    thing("owner", "ocsea:owner", "Whose it is", "initiative/grace"),
    thing(
        "addressedTo",
        "ocsea:addressedTo",
        "Who is to carry it out",
        "area/council-of-europe-members",
    ),
    thing("contributesTo", "ocsea:contributesTo", "What it is part of", "initiative/grace"),
    thing("topic", "ocsea:topic", "A topic", "commitment/grace-topic-3"),
    one_of("level", "ocsea:level", "ocsea:RecommendationLevel", "The level of government"),
    filters.instrument("ocsea:restsOn/ocsea:provisionOf?", "UNCRC"),
    filters.source(),
)
_ITEM_SORTS = (
    LABEL,
    Sort("itemNumber", "ocsea:itemNumber"),
    DATE,
    Sort("owner.label", "ocsea:owner/rdfs:label"),
)


def _items(name: str, title: str, one: str, about: str, *classes: str, without: str = "") -> Kind:
    """A collection of the items of lists; `without` is what these never have."""
    return Kind(
        name=name,
        title=title,
        one=one,
        about=about + " As of a date, those dated on or before it.",
        classes=classes,
        columns=tuple(key for key in _ITEM_COLUMNS if key.split(".")[0] != without),
        shown=("label", "itemNumber", "summary", "owner", "date", "source.isPartOf"),
        by=tuple(narrowed for narrowed in _ITEM_FILTERS if narrowed.name != without),
        sorts=_ITEM_SORTS,
        text="rdfs:label|ocsea:summary",
        period=("ocsea:date", "ocsea:date"),
        as_of=AsOf("ocsea:date"),
    )


FINDINGS = (
    Kind(
        name="observations",
        title="Observations",
        one="observation",
        about="Figures and codes by indicator, area and period, blanks of the source included.",
        classes=("qb:Observation",),
        columns=columns(
            linked("indicator", "identifier", "unit", "unit.label"),
            linked("area", "iso3"),
            linked("period"),
            linked("value"),
            "lowerBound upperBound",
            linked("qualifier"),
            "population obsStatus statedValue footnote note",
            linked("dataSet"),
        ),
        shown=("indicator", "area", "period", "value", "indicator.unit", "source.isPartOf"),
        by=(
            filters.indicator("ocsea:indicator"),
            filters.state("sdmx-dimension:refArea"),
            thing("area", "sdmx-dimension:refArea", "A state or area", "area/world"),
            thing("unit", "ocsea:indicator/ocsea:unit", "The unit", "unit/percent"),
            filters.source(),
        ),
        sorts=(
            LABEL,
            Sort("period", "sdmx-dimension:refPeriod/ocsea:begin?", "date"),
            Sort("value", "sdmx-measure:obsValue", "number"),
            Sort("area.label", "sdmx-dimension:refArea/rdfs:label"),
            Sort("indicator.label", "ocsea:indicator/rdfs:label"),
        ),
        period=(
            "sdmx-dimension:refPeriod/ocsea:begin?",
            "sdmx-dimension:refPeriod/ocsea:end?",
        ),
    ),
    Kind(
        name="indicators",
        title="Indicators",
        one="indicator",
        about="What is counted, scored or classified for states and areas.",
        classes=("ocsea:Indicator",),
        columns=columns(
            "identifier definition valueKind minimum maximum scale",
            linked("unit"),
            linked("measuredBy"),
            "footnote note",
        ),
        shown=("label", "identifier", "definition", "unit", "measuredBy"),
        by=(
            filters.state("^ocsea:indicator/sdmx-dimension:refArea"),
            thing("unit", "ocsea:unit", "The unit", "unit/percent"),
            thing("measuredBy", "ocsea:measuredBy", "Who measured it", "body/ncmec"),
            one_of("valueKind", "ocsea:valueKind", "ocsea:ValueKind", "What its values are"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("identifier", "dcterms:identifier")),
        text="rdfs:label|skos:definition|dcterms:identifier",
    ),
    _items(
        *("commitments", "Commitments and deliverables", "commitment or deliverable"),
        "Policy targets, goals, actions and priorities that somebody committed to, and what was to "
        "be delivered.",
        *("ocsea:Commitment", "ocsea:Deliverable"),
    ),
    _items(
        *("recommendations", "Recommendations", "recommendation"),
        "What studies, bodies and instruments recommend or ask for.",
        "ocsea:Recommendation",
    ),
    _items(
        *("capabilities", "Capabilities", "capability"),
        "What a state or service has to be able to do, as model responses list it.",
        "ocsea:Capability",
        without="addressedTo",
    ),
    _items(
        *("topics", "Topics", "topic"),
        "What commitments, recommendations and capabilities are about.",
        "ocsea:Topic",
        without="topic",
    ),
    Kind(
        name="terms",
        title="Terms",
        one="term",
        about="Words for the matter, what they mean and to whom, and which are discouraged.",
        classes=("ocsea:Term",),
        columns=columns(
            "acronym altLabel discouragedLabel reason definition",
            linked("broader"),
            linked("related"),
            linked("definedBy"),
            linked("inScheme"),
            "note",
        ),
        shown=("label", "acronym", "definition", "broader", "inScheme"),
        by=(
            thing("inScheme", "skos:inScheme", "The scheme", "scheme/terminology"),
            thing("broader", "skos:broader", "The wider term", "term/online-child-sexual-abuse"),
            thing("definedBy", "ocsea:definedBy", "Who or what defines it", "instrument/cets-201"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("acronym", "ocsea:acronym")),
        text="rdfs:label|skos:altLabel|ocsea:acronym|ocsea:discouragedLabel|skos:definition",
    ),
    Kind(
        name="discrepancies",
        title="Discrepancies",
        one="discrepancy",
        about="Where sources disagree: both claims are kept, neither is corrected.",
        classes=("ocsea:Discrepancy",),
        columns=columns(
            "rule treatment description",
            linked("concerns"),
            linked("claim", "says"),
        ),
        shown=("label", "rule", "concerns", "claim"),
        by=(
            thing("concerns", "ocsea:concerns", "What it is about", "instrument/cets-201"),
            filters.state("ocsea:concerns"),
            filters.instrument("ocsea:concerns"),
            phrase("rule", "ocsea:rule", "The rule that finds it", "Two dates for one act"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("rule", "ocsea:rule")),
        text="rdfs:label|dcterms:description|ocsea:claim/ocsea:says",
    ),
    Kind(
        name="sources",
        title="Sources",
        one="source",
        about="The documents and tables that the facts were read from; "
        "as of a date, those issued by then.",
        classes=("ocsea:Source",),
        columns=(
            *("type", "label", "identifier", "title", "creator", "publisher", "edition", "issued"),
            *("license", "rights", "description"),
        ),
        shown=("label", "identifier", "publisher", "edition", "issued", "rights"),
        by=(
            filters.source("", "identifier"),
            word("publisher", "dcterms:publisher", "The publisher", "Council of Europe"),
        ),
        sorts=(
            LABEL,
            Sort("identifier", "dcterms:identifier"),
            Sort("issued", "dcterms:issued", "date"),
        ),
        text="rdfs:label|dcterms:title|dcterms:description",
        period=("dcterms:issued", "dcterms:issued"),
        as_of=AsOf("dcterms:issued"),
    ),
)
