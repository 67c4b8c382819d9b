"""Collections of the law: instruments, what they say, and how states stand towards them."""

from api.collections import filters
from api.collections.filters import one_of, thing, word
from api.collections.kinds import DATE, LABEL, AsOf, Kind, Sort, columns, linked

_PARTY_SORTS = (
    Sort("party.label", "ocsea:party/rdfs:label"),
    Sort("instrument.label", "ocsea:instrument/rdfs:label"),
)

LAW = (
    Kind(
        name="instruments",
        title="Instruments",
        one="instrument",
        about="Treaties, acts of the European Union, national laws, guidelines and other texts; "
        "as of a date, those adopted by then and not yet out of force.",
        classes=("ocsea:Instrument",),
        columns=columns(
            "identifier title altLabel alternativeNumber adopted openedForSignature",
            "entryIntoForce transpositionDeadline noLongerInForceSince inForce",
            linked("adoptedBy"),
            linked("ofState", "iso3"),
            "note",
        ),
        shown=("label", "type", "identifier", "adopted", "adoptedBy", "inForce"),
        by=(
            filters.instrument("", name="identifier"),
            filters.state("ocsea:ofState"),
            thing("adoptedBy", "ocsea:adoptedBy", "Who adopted it", "body/council-of-europe"),
            one_of("inForce", "ocsea:inForce", "ocsea:InForceStatus", "Whether it is in force"),
            filters.source(),
        ),
        sorts=(
            LABEL,
            Sort("identifier", "dcterms:identifier"),
            Sort("adopted", "ocsea:adopted", "date"),
            Sort("entryIntoForce", "ocsea:entryIntoForce", "date"),
        ),
        text="rdfs:label|skos:altLabel|dcterms:title|ocsea:alternativeNumber",
        period=("ocsea:adopted", "ocsea:adopted"),
        as_of=AsOf("ocsea:adopted", "ocsea:noLongerInForceSince", since=True),
    ),
    Kind(
        name="provisions",
        title="Provisions",
        one="provision",
        about="Chapters, articles, paragraphs and recitals, and what they criminalise and require.",
        classes=("ocsea:Provision",),
        columns=columns(
            "number heading",
            linked("partOf", "identifier"),
            linked("criminalises"),
            linked("requires"),
            "note",
        ),
        shown=("label", "type", "criminalises", "requires"),
        by=(
            filters.instrument("ocsea:provisionOf"),
            word("number", "eli:number", "Its number, as printed", "20"),
            thing("criminalises", "ocsea:criminalises", "An offence", "offence/solicitation"),
            thing("requires", "ocsea:requires", "A duty", "obligation/corporate-liability"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("number", "eli:number")),
        text="rdfs:label|ocsea:heading",
    ),
    Kind(
        name="offences",
        title="Offences",
        one="offence",
        about="What instruments ask states to make criminal, or make so themselves.",
        classes=("ocsea:Offence",),
        columns=columns(
            "altLabel definition intentElement ictElement",
            linked("broader"),
            linked("criminalisedBy"),
        ),
        shown=("label", "definition", "broader", "intentElement", "ictElement"),
        by=(
            filters.instrument("ocsea:criminalisedBy/ocsea:provisionOf?"),
            thing("broader", "skos:broader", "The wider offence", "offence/csam-offences"),
            one_of("intentElement", "ocsea:intentElement", "ocsea:IntentElement", "The intent"),
            one_of("ictElement", "ocsea:ictElement", "ocsea:IctElement", "The part of technology"),
            filters.source(),
        ),
        sorts=(LABEL,),
        text="rdfs:label|skos:altLabel|skos:definition",
    ),
    Kind(
        name="obligations",
        title="Obligations",
        one="obligation",
        about="What instruments oblige states to do beside making offences criminal.",
        classes=("ocsea:Obligation",),
        columns=columns("definition", linked("broader"), linked("requiredBy")),
        shown=("label", "definition", "broader"),
        by=(
            filters.instrument("ocsea:requiredBy/ocsea:provisionOf?"),
            thing("broader", "skos:broader", "The wider duty", "obligation/prevention"),
            filters.source(),
        ),
        sorts=(LABEL,),
        text="rdfs:label|skos:definition",
    ),
    Kind(
        name="actions",
        title="Treaty actions",
        one="treaty action",
        about="Signatures, ratifications, accessions and the like, each with its day; "
        "as of a date, those until then.",
        classes=("ocsea:TreatyAction",),
        columns=columns(
            "date", linked("party", "iso3"), linked("instrument", "identifier"), "statedValue note"
        ),
        shown=("party", "type", "instrument", "date", "source.isPartOf"),
        by=(
            filters.state("ocsea:party"),
            thing("party", "ocsea:party", "Who acted", "body/european-union"),
            filters.instrument("ocsea:instrument", "OPSC"),
            filters.source(),
        ),
        sorts=(LABEL, DATE, *_PARTY_SORTS),
        period=("ocsea:date", "ocsea:date"),
        as_of=AsOf("ocsea:date"),
    ),
    Kind(
        name="statuses",
        title="Reported statuses",
        one="reported status",
        about="What a source reports of a state's standing towards an instrument or alliance at "
        "one time. A blank is “not listed”, never a “no”. As of a date, the latest reported by "
        "then of each state and instrument.",
        classes=("ocsea:PartyStatus",),
        columns=columns(
            "status asOf",
            linked("party", "iso3"),
            linked("instrument", "identifier"),
            "statedValue note",
        ),
        shown=("party", "instrument", "status", "asOf", "source.isPartOf"),
        by=(
            filters.state("ocsea:party"),
            filters.instrument("ocsea:instrument"),
            one_of("status", "ocsea:status", "ocsea:PartyStatusValue", "The status"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("asOf", "ocsea:asOf", "date"), *_PARTY_SORTS),
        period=("ocsea:asOf", "ocsea:asOf"),
        as_of=AsOf("ocsea:asOf", latest_of=("ocsea:party", "ocsea:instrument")),
    ),
)
