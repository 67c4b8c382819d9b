"""The server of OCSEA Graph: SPARQL, linked data and pages over the current release."""
