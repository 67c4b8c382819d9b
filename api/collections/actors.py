"""Collections of who there is: states, bodies, services, and what they do together."""

from api.collections import filters
from api.collections.filters import thing, word
from api.collections.kinds import LABEL, NAMES, SPAN, AsOf, Kind, Sort, columns, linked

_COUNTRY = "iso3 iso2 isoNumeric altLabel formerName designationNote exactMatch"
_COUNTRY_SORTS = (LABEL, Sort("iso3", "ocsea:iso3"), Sort("isoNumeric", "ocsea:isoNumeric"))
_ORGANIZATION = thing(
    "organization",
    "org:hasMembership/org:organization",
    "An organisation or alliance that it is recorded as a member of, at whatever time",
    "body/council-of-europe",
)
_SERVICES = ("ocsea:Hotline", "ocsea:Helpline", "ocsea:SaferInternetCentre", "ocsea:Ombudsperson")
_STATE_SORT = Sort("state.label", "ocsea:state/rdfs:label")
_BODY_COLUMNS = columns(
    "acronym altLabel formerName established ended",
    linked("state", "iso3"),
    linked("subOrganizationOf"),
    linked("operator"),
    linked("mandatedBy"),
    "description note",
)
_BODY_FILTERS = (
    filters.state("ocsea:state"),
    thing("subOrganizationOf", "org:subOrganizationOf", "The body it is part of", "body/europol"),
    _ORGANIZATION,
    filters.source(),
)

ACTORS = (
    Kind(
        name="states",
        title="States",
        one="state",
        about="States as the sources list them. Being listed implies no position on legal status.",
        classes=("ocsea:State",),
        columns=columns(_COUNTRY),
        shown=("label", "iso3", "iso2", "isoNumeric", "altLabel", "formerName"),
        by=(filters.state(""), _ORGANIZATION, filters.source()),
        sorts=_COUNTRY_SORTS,
        text=NAMES,
    ),
    Kind(
        name="entities",
        title="Contracting entities",
        one="contracting entity",
        about="Everything that can join a treaty in its own name: states, and others beside them "
        "such as the European Union and the Holy See.",
        classes=("ocsea:ContractingEntity",),
        columns=columns(_COUNTRY),
        shown=("label", "type", "iso3", "iso2", "altLabel", "formerName"),
        by=(
            filters.state(""),
            _ORGANIZATION,
            filters.source(),
        ),
        sorts=_COUNTRY_SORTS,
        text=NAMES,
    ),
    Kind(
        name="bodies",
        title="Bodies and alliances",
        one="body or alliance",
        about="Organisations that are not states, their parts, and alliances.",
        classes=("ocsea:Body", "ocsea:Alliance"),
        columns=_BODY_COLUMNS,
        shown=("label", "type", "acronym", "state", "description"),
        by=_BODY_FILTERS,
        sorts=(LABEL, Sort("acronym", "ocsea:acronym"), _STATE_SORT),
        text=NAMES,
    ),
    Kind(
        name="services",
        title="Services",
        one="service",
        about="Hotlines, helplines, Safer Internet Centres and ombudspersons for children.",
        classes=_SERVICES,
        columns=_BODY_COLUMNS,
        shown=("label", "type", "state", "description", "source.isPartOf"),
        by=_BODY_FILTERS,
        sorts=(LABEL, _STATE_SORT),
        text=NAMES,
    ),
    Kind(
        name="tools",
        title="Tools",
        one="tool",
        about="Databases, technologies, platforms and reporting systems.",
        classes=("ocsea:Tool",),
        columns=columns(
            "acronym altLabel established",
            linked("owner"),
            linked("operator"),
            linked("developer"),
            linked("isPartOf"),
            linked("state", "iso3"),
            "description note",
        ),
        shown=("label", "acronym", "owner", "operator", "description"),
        by=(
            filters.state("ocsea:state"),
            thing("owner", "ocsea:owner", "Who owns it", "body/interpol"),
            thing("operator", "ocsea:operator", "Who runs it", "body/interpol"),
            filters.source(),
        ),
        sorts=(LABEL, Sort("acronym", "ocsea:acronym")),
        text=NAMES,
    ),
    Kind(
        name="memberships",
        title="Memberships",
        one="membership",
        about="Who belonged to which organisation, network or alliance; as of a date, those begun "
        "or reported by then and not ended before.",
        classes=("ocsea:Membership",),
        columns=columns(
            "role begin end asOf", linked("member", "iso3"), linked("organization"), "note"
        ),
        shown=("member", "organization", "role", "begin", "end", "asOf"),
        by=(
            filters.state("org:member"),
            thing("member", "org:member", "The member", "body/iwf"),
            thing("organization", "org:organization", "The organisation", "body/council-of-europe"),
            word("role", "ocsea:role", "In what capacity", "member"),
            filters.source(),
        ),
        sorts=(
            LABEL,
            *SPAN,
            Sort("member.label", "org:member/rdfs:label"),
            Sort("organization.label", "org:organization/rdfs:label"),
        ),
        period=("ocsea:begin", "ocsea:begin"),
        as_of=AsOf("ocsea:begin|ocsea:asOf", "ocsea:end"),
    ),
    Kind(
        name="programmes",
        title="Programmes and other initiatives",
        one="initiative",
        about="Programmes, projects, campaigns, strategies, practices, events and trainings; "
        "as of a date, those begun by then and not ended before.",
        classes=("ocsea:Initiative",),
        columns=columns(
            "acronym altLabel begin end",
            linked("takesPlaceIn", "iso3"),
            linked("owner"),
            linked("operator"),
            linked("funder"),
            linked("partner"),
            linked("isPartOf"),
            linked("legalBasis"),
            "description note",
        ),
        shown=("label", "type", "begin", "end", "takesPlaceIn", "operator", "description"),
        by=(
            filters.state("ocsea:takesPlaceIn"),
            thing("owner", "ocsea:owner", "Who answers for it", "body/european-commission"),
            thing("operator", "ocsea:operator", "Who runs it", "body/insafe"),
            thing("isPartOf", "dcterms:isPartOf", "What it is part of", "initiative/horizon-2020"),
            filters.source(),
        ),
        sorts=(LABEL, *SPAN, Sort("acronym", "ocsea:acronym")),
        text=NAMES,
        period=("ocsea:begin", "ocsea:begin"),
        as_of=AsOf("ocsea:begin", "ocsea:end"),
    ),
    Kind(
        name="involvements",
        title="Involvements",
        one="involvement",
        about="Who founded, hosts, funds, runs or supports what; "
        "as of a date, those begun by then and not ended before.",
        classes=("ocsea:Involvement",),
        columns=columns("role begin end", linked("agent", "iso3"), linked("object"), "note"),
        shown=("agent", "role", "object", "begin", "end", "source.isPartOf"),
        by=(
            filters.state("ocsea:agent"),
            thing("agent", "ocsea:agent", "Who has the part", "body/european-commission"),
            thing("object", "ocsea:object", "In what", "initiative/horizon-2020"),
            word("role", "ocsea:role", "What part", "funder"),
            filters.source(),
        ),
        sorts=(
            LABEL,
            *SPAN,
            Sort("agent.label", "ocsea:agent/rdfs:label"),
            Sort("object.label", "ocsea:object/rdfs:label"),
        ),
        period=("ocsea:begin", "ocsea:begin"),
        as_of=AsOf("ocsea:begin", "ocsea:end"),
    ),
)
