"""What each collection is to give, by SPARQL of its own: members, what filters keep, orders."""

OF_SOURCE = "?x dcterms:source [ dcterms:isPartOf <id/source/{}> ]"
ITEMS = {
    "owner=initiative/grace": "?x ocsea:owner <id/initiative/grace>",
    "contributesTo=initiative/grace": "?x ocsea:contributesTo <id/initiative/grace>",
    "addressedTo=area/council-of-europe-members&addressedTo=state/ALB": "?x ocsea:addressedTo ?to "
    "FILTER(?to IN (<id/area/council-of-europe-members>, <id/state/ALB>))",
    "topic=commitment/bik-pillar-3&topic=commitment/grace-topic-3": "?x ocsea:topic ?t "
    "FILTER(?t IN (<id/commitment/bik-pillar-3>, <id/commitment/grace-topic-3>))",
    "level=NationalLevel": "?x ocsea:level ocsea:NationalLevel",
    "instrument=UNCRC&instrument=com-2012-196": "{ ?x ocsea:restsOn ?on } UNION "
    "{ ?x ocsea:restsOn/ocsea:provisionOf ?on } "
    "FILTER(?on IN (<id/instrument/uncrc>, <id/instrument/com-2012-196>))",
    "source=grace2021": OF_SOURCE.format("grace2021"),
    "period=../2021-02": "?x ocsea:date ?d FILTER(STR(?d) < '2021-03')",
    "as_of=2021-03": "?x ocsea:date ?d FILTER(STR(?d) < '2021-04')",
    "q=victims": "?x rdfs:label|ocsea:summary ?t FILTER(CONTAINS(LCASE(?t), 'victims'))",
}
BODIES = {
    "state=PRT&state=esp": "?x ocsea:state ?s FILTER(?s IN (<id/state/PRT>, <id/state/ESP>))",
    "subOrganizationOf=body/europol&subOrganizationOf=body/ifs-emmaus": "?x org:subOrganizationOf "
    "?b FILTER(?b IN (<id/body/europol>, <id/body/ifs-emmaus>))",
    "organization=body/inhope": "?m a ocsea:Membership ; org:member ?x ; "
    "org:organization <id/body/inhope>",
    "source=mapping2021": OF_SOURCE.format("mapping2021"),
    "q=internet": "?x rdfs:label|skos:altLabel|ocsea:acronym|ocsea:formerName ?t "
    "FILTER(CONTAINS(LCASE(?t), 'internet'))",
}
COUNTRIES = {
    "state=NOR": "?x ocsea:iso3 'NOR'",
    "organization=body/council-of-europe": "?m org:member ?x ; "
    "org:organization <id/body/council-of-europe>",
    "source=states": OF_SOURCE.format("states"),
    "q=republic": "?x rdfs:label|skos:altLabel|ocsea:formerName|ocsea:acronym ?t "
    "FILTER(CONTAINS(LCASE(?t), 'republic'))",
}
CASES: dict[str, tuple[str, dict[str, str]]] = {
    "states": (
        "?x a ocsea:State",
        {"type=ObserverState": "?x a ocsea:ObserverState", **COUNTRIES},
    ),
    "entities": (
        "?x a ocsea:ContractingEntity",
        {
            "type=SovereignEntity&type=AssociatedState": "?x a ?c "
            "FILTER(?c IN (ocsea:SovereignEntity, ocsea:AssociatedState))",
            **COUNTRIES,
        },
    ),
    "bodies": (
        "?x a ?body FILTER(?body IN (ocsea:Body, ocsea:Alliance))",
        {"type=Agency": "?x a ocsea:Agency", **BODIES},
    ),
    "services": (
        "?x a ?service FILTER(?service IN "
        "(ocsea:Hotline, ocsea:Helpline, ocsea:SaferInternetCentre, ocsea:Ombudsperson))",
        {"type=Hotline": "?x a ocsea:Hotline", **BODIES},
    ),
    "tools": (
        "?x a ocsea:Tool",
        {
            "state=GBR": "?x ocsea:state <id/state/GBR>",
            "owner=body/interpol": "?x ocsea:owner <id/body/interpol>",
            "operator=body/ncmec": "?x ocsea:operator <id/body/ncmec>",
            "source=grace2021": OF_SOURCE.format("grace2021"),
            "q=data": "?x rdfs:label|skos:altLabel|ocsea:acronym|ocsea:formerName ?t "
            "FILTER(CONTAINS(LCASE(?t), 'data'))",
        },
    ),
    "memberships": (
        "?x a ocsea:Membership",
        {
            "state=UKR": "?x org:member <id/state/UKR>",
            "member=body/iwf": "?x org:member <id/body/iwf>",
            "organization=body/council-of-europe": "?x org:organization "
            "<id/body/council-of-europe>",
            "role=signatory&role=president": "?x ocsea:role ?r "
            "FILTER(?r IN ('signatory', 'president'))",
            "source=mapping2021": OF_SOURCE.format("mapping2021"),
            "period=1990/1999": "?x ocsea:begin ?b FILTER(STRSTARTS(STR(?b), '199'))",
            "as_of=2015": "?x ocsea:begin|ocsea:asOf ?b FILTER(STR(?b) < '2016') "
            "MINUS { ?x ocsea:end ?e FILTER(STR(?e) < '2015') }",
            "q=norway": "?x rdfs:label ?t FILTER(CONTAINS(LCASE(?t), 'norway'))",
        },
    ),
    "programmes": (
        "?x a ocsea:Initiative",
        {
            "type=Training&type=Campaign": "?x a ?c FILTER(?c IN (ocsea:Training, ocsea:Campaign))",
            "state=PRT": "?x ocsea:takesPlaceIn <id/state/PRT>",
            "owner=body/council-of-europe": "?x ocsea:owner <id/body/council-of-europe>",
            "operator=body/europol": "?x ocsea:operator <id/body/europol>",
            "isPartOf=initiative/safer-internet-day-2021": "?x dcterms:isPartOf "
            "<id/initiative/safer-internet-day-2021>",
            "source=slides2009": OF_SOURCE.format("slides2009"),
            "period=2017": "?x ocsea:begin ?b FILTER(STRSTARTS(STR(?b), '2017'))",
            "as_of=2010": "?x ocsea:begin ?b FILTER(STR(?b) < '2011') "
            "MINUS { ?x ocsea:end ?e FILTER(STR(?e) < '2010') }",
            "q=safer internet": "?x rdfs:label|skos:altLabel|ocsea:acronym|ocsea:formerName ?t "
            "FILTER(CONTAINS(LCASE(?t), 'safer internet'))",
        },
    ),
    "involvements": (
        "?x a ocsea:Involvement",
        {
            "state=FRA": "?x ocsea:agent <id/state/FRA>",
            "agent=body/european-commission": "?x ocsea:agent <id/body/european-commission>",
            "object=initiative/grace": "?x ocsea:object <id/initiative/grace>",
            "role=funder": "?x ocsea:role 'funder'",
            "source=article2018": OF_SOURCE.format("article2018"),
            "period=2010/..": "?x ocsea:begin ?b FILTER(STR(?b) >= '2010')",
            "as_of=2012-06": "?x ocsea:begin ?b FILTER(STR(?b) < '2012-07') "
            "MINUS { ?x ocsea:end ?e FILTER(STR(?e) < '2012' "
            "|| (STR(?e) > '2012-' && STR(?e) < '2012-06')) }",
            "q=europol": "?x rdfs:label ?t FILTER(CONTAINS(LCASE(?t), 'europol'))",
        },
    ),
    "instruments": (
        "?x a ocsea:Instrument",
        {
            "type=Treaty": "{ ?x a ocsea:Treaty } UNION { ?x a ocsea:Protocol }",
            "identifier=cets-201": "?x dcterms:identifier 'CETS-201'",
            "state=UKR": "?x ocsea:ofState <id/state/UKR>",
            "adoptedBy=body/council-of-europe": "?x ocsea:adoptedBy <id/body/council-of-europe>",
            "inForce=NotInForce": "?x ocsea:inForce ocsea:NotInForce",
            "source=instruments": OF_SOURCE.format("instruments"),
            "period=2001/2003": "?x ocsea:adopted ?d FILTER(STR(?d) >= '2001' && STR(?d) < '2004')",
            "as_of=2012-01-01": "?x ocsea:adopted ?d FILTER(STR(?d) <= '2012-01-01') "
            "MINUS { ?x ocsea:noLongerInForceSince ?e FILTER(STR(?e) <= '2012-01-01') }",
            "q=convention": "?x rdfs:label|skos:altLabel|dcterms:title|ocsea:alternativeNumber ?t "
            "FILTER(CONTAINS(LCASE(?t), 'convention'))",
        },
    ),
    "provisions": (
        "?x a ocsea:Provision",
        {
            "type=Chapter": "?x a ocsea:Chapter",
            "instrument=CETS-201&instrument=ETS-185": "?x ocsea:provisionOf ?i "
            "FILTER(?i IN (<id/instrument/cets-201>, <id/instrument/ets-185>))",
            "number=20": "?x eli:number '20'",
            "criminalises=offence/solicitation": "?x ocsea:criminalises <id/offence/solicitation>",
            "requires=obligation/jurisdiction": "?x ocsea:requires <id/obligation/jurisdiction>",
            "source=instruments": OF_SOURCE.format("instruments"),
            "q=child": "?x rdfs:label|ocsea:heading ?t FILTER(CONTAINS(LCASE(?t), 'child'))",
        },
    ),
    "offences": (
        "?x a ocsea:Offence",
        {
            "instrument=CETS-201": "?p ocsea:criminalises ?x ; "
            "ocsea:provisionOf <id/instrument/cets-201>",
            "broader=offence/csam-offences": "?x skos:broader <id/offence/csam-offences>",
            "intentElement=Intentional": "?x ocsea:intentElement ocsea:Intentional",
            "ictElement=IctRequired": "?x ocsea:ictElement ocsea:IctRequired",
            "source=instruments": OF_SOURCE.format("instruments"),
            "q=pornograph": "?x rdfs:label|skos:altLabel|skos:definition ?t "
            "FILTER(CONTAINS(LCASE(?t), 'pornograph'))",
        },
    ),
    "obligations": (
        "?x a ocsea:Obligation",
        {
            "instrument=DIR-2011-93": "{ ?p ocsea:requires ?x ; "
            "ocsea:provisionOf <id/instrument/dir-2011-93> } "
            "UNION { <id/instrument/dir-2011-93> ocsea:requires ?x }",
            "broader=obligation/prevention": "?x skos:broader <id/obligation/prevention>",
            "source=instruments": OF_SOURCE.format("instruments"),
            "q=victim": "?x rdfs:label|skos:definition ?t FILTER(CONTAINS(LCASE(?t), 'victim'))",
        },
    ),
    "actions": (
        "?x a ocsea:TreatyAction",
        {
            "type=BindingAction": "?x a ?c FILTER(?c IN (ocsea:Ratification, ocsea:Accession, "
            "ocsea:Acceptance, ocsea:Approval, ocsea:Succession, ocsea:FormalConfirmation, "
            "ocsea:DefinitiveSignature))",
            "state=ALB&state=VAT": "?x ocsea:party ?p "
            "FILTER(?p IN (<id/state/ALB>, <id/entity/VAT>))",
            "party=body/european-union": "?x ocsea:party <id/body/european-union>",
            "instrument=OPSC": "?x ocsea:instrument <id/instrument/opsc>",
            "source=untc2015": OF_SOURCE.format("untc2015"),
            "period=2008-02": "?x ocsea:date ?d FILTER(STRSTARTS(STR(?d), '2008-02'))",
            "as_of=2001-09-11": "?x ocsea:date ?d FILTER(STR(?d) <= '2001-09-11')",
            "q=accession": "?x rdfs:label ?t FILTER(CONTAINS(LCASE(?t), 'accession'))",
        },
    ),
    "statuses": (
        "?x a ocsea:PartyStatus",
        {
            "state=NOR": "?x ocsea:party <id/state/NOR>",
            "instrument=WEPROTECT&instrument=CETS-201": "?x ocsea:instrument ?i "
            "FILTER(?i IN (<id/alliance/weprotect>, <id/instrument/cets-201>))",
            "status=Signatory": "?x ocsea:status ocsea:Signatory",
            "source=study2015": OF_SOURCE.format("study2015"),
            "period=2021": "?x ocsea:asOf ?d FILTER(STRSTARTS(STR(?d), '2021'))",
            "as_of=2022": "?x ocsea:party ?p ; ocsea:instrument ?i ; ocsea:asOf ?d MINUS { "
            "?y a ocsea:PartyStatus ; ocsea:party ?p ; ocsea:instrument ?i ; ocsea:asOf ?e . "
            "?x a ocsea:PartyStatus ; ocsea:asOf ?d FILTER(STR(?e) > STR(?d)) }",
            "as_of=2018": "?x ocsea:party ?p ; ocsea:instrument ?i ; ocsea:asOf ?d "
            "FILTER(STR(?d) < '2019') MINUS { "
            "?y a ocsea:PartyStatus ; ocsea:party ?p ; ocsea:instrument ?i ; ocsea:asOf ?e . "
            "?x a ocsea:PartyStatus ; ocsea:asOf ?d "
            "FILTER(STR(?e) > STR(?d) && STR(?e) < '2019') }",
            "q=cets-201": "?x rdfs:label ?t FILTER(CONTAINS(LCASE(?t), 'cets-201'))",
        },
    ),
    "observations": (
        "?x a qb:Observation",
        {
            "indicator=ncmec-cybertip-reports": "?x ocsea:indicator "
            "<id/indicator/ncmec-cybertip-reports>",
            "state=POL": "?x sdmx-dimension:refArea <id/state/POL>",
            "area=area/world": "?x sdmx-dimension:refArea <id/area/world>",
            "unit=unit/percent": "?x ocsea:indicator [ ocsea:unit <id/unit/percent> ]",
            "source=study2015": OF_SOURCE.format("study2015"),
            "period=2019": "?x sdmx-dimension:refPeriod|(sdmx-dimension:refPeriod/ocsea:begin) ?b ."
            "?x sdmx-dimension:refPeriod|(sdmx-dimension:refPeriod/ocsea:end) ?e "
            "FILTER(isLiteral(?b) && isLiteral(?e) && STR(?b) < '2020' && STR(?e) >= '2019')",
            "q=hotline": "?x rdfs:label ?t FILTER(CONTAINS(LCASE(?t), 'hotline'))",
        },
    ),
    "indicators": (
        "?x a ocsea:Indicator",
        {
            "state=NOR": "?o ocsea:indicator ?x ; sdmx-dimension:refArea <id/state/NOR>",
            "unit=unit/percent": "?x ocsea:unit <id/unit/percent>",
            "measuredBy=body/ncmec": "?x ocsea:measuredBy <id/body/ncmec>",
            "valueKind=CodedValue": "?x ocsea:valueKind ocsea:CodedValue",
            "source=mapping2021": OF_SOURCE.format("mapping2021"),
            "q=report": "?x rdfs:label|skos:definition|dcterms:identifier ?t "
            "FILTER(CONTAINS(LCASE(?t), 'report'))",
        },
    ),
    "commitments": (
        "?x a ?kind FILTER(?kind IN (ocsea:Commitment, ocsea:Deliverable))",
        {
            "type=Priority&type=Deliverable": "?x a ?c "
            "FILTER(?c IN (ocsea:Priority, ocsea:Deliverable))",
            **ITEMS,
        },
    ),
    "recommendations": (
        "?x a ocsea:Recommendation",
        {"type=Ask": "?x a ocsea:Ask", **ITEMS},
    ),
    "capabilities": (
        "?x a ocsea:Capability",
        {case: said for case, said in ITEMS.items() if "addressedTo" not in case},
    ),
    "topics": (
        "?x a ocsea:Topic",
        {case: said for case, said in ITEMS.items() if "topic=" not in case},
    ),
    "terms": (
        "?x a ocsea:Term",
        {
            "inScheme=scheme/risk-typology": "?x skos:inScheme <id/scheme/risk-typology>",
            "broader=term/online-child-sexual-abuse": "?x skos:broader "
            "<id/term/online-child-sexual-abuse>",
            "definedBy=instrument/cets-201": "?x ocsea:definedBy <id/instrument/cets-201>",
            "source=grace2021": OF_SOURCE.format("grace2021"),
            "q=groom": "?x rdfs:label|skos:altLabel|ocsea:acronym|ocsea:discouragedLabel"
            "|skos:definition ?t FILTER(CONTAINS(LCASE(?t), 'groom'))",
        },
    ),
    "discrepancies": (
        "?x a ocsea:Discrepancy",
        {
            "concerns=instrument/cets-201": "?x ocsea:concerns <id/instrument/cets-201>",
            "state=SVK&state=DEU": "?x ocsea:concerns ?s "
            "FILTER(?s IN (<id/state/SVK>, <id/state/DEU>))",
            "instrument=CETS-201": "?x ocsea:concerns <id/instrument/cets-201>",
            "rule=Two dates for one act": "?x ocsea:rule 'Two dates for one act'@en",
            "source=study2015": OF_SOURCE.format("study2015"),
            "q=count": "?x rdfs:label|dcterms:description|ocsea:claim/ocsea:says ?t "
            "FILTER(CONTAINS(LCASE(?t), 'count'))",
        },
    ),
    "sources": (
        "?x a ocsea:Source",
        {
            "identifier=mapping2021": "?x dcterms:identifier 'mapping2021'",
            "publisher=Council of Europe": "?x dcterms:publisher 'Council of Europe'",
            "period=2015": "?x dcterms:issued ?d FILTER(STRSTARTS(STR(?d), '2015'))",
            "as_of=2018": "?x dcterms:issued ?d FILTER(STR(?d) < '2019')",
            "q=children": "?x rdfs:label|dcterms:title|dcterms:description ?t "
            "FILTER(CONTAINS(LCASE(?t), 'children'))",
        },
    ),
}
"""Of each collection, what its members are, and what further holds of those that a filter keeps."""

SORTS = {
    "label": "rdfs:label",
    "iso3": "ocsea:iso3",
    "isoNumeric": "ocsea:isoNumeric",
    "acronym": "ocsea:acronym",
    "identifier": "dcterms:identifier",
    "itemNumber": "ocsea:itemNumber",
    "number": "eli:number",
    "rule": "ocsea:rule",
    "date": "ocsea:date",
    "begin": "ocsea:begin",
    "end": "ocsea:end",
    "asOf": "ocsea:asOf",
    "adopted": "ocsea:adopted",
    "entryIntoForce": "ocsea:entryIntoForce",
    "issued": "dcterms:issued",
    "period": "sdmx-dimension:refPeriod|(sdmx-dimension:refPeriod/ocsea:begin)",
    "value": "sdmx-measure:obsValue",
    **{f"{key}.label": f"ocsea:{key}/rdfs:label" for key in ("party", "instrument", "state")},
    **{f"{key}.label": f"ocsea:{key}/rdfs:label" for key in ("owner", "agent", "object")},
    **{f"{key}.label": f"org:{key}/rdfs:label" for key in ("member", "organization")},
    "area.label": "sdmx-dimension:refArea/rdfs:label",
    "indicator.label": "ocsea:indicator/rdfs:label",
}
DATES = {"date", "begin", "end", "asOf", "adopted", "entryIntoForce", "issued", "period"}
