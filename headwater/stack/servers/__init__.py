"""One module per kind of server; each function computes a row of the table of services."""
