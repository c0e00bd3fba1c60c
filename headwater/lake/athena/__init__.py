"""A local Athena endpoint: Athena's JSON 1.1 protocol in front of Trino, Glue and S3.

    server       HTTP, one request in, one answer out
    signature    is the caller who it says
    operations   every API operation, in one registry
    queries      start, watch, read, stop
    statements   what kind of SQL a text is
    runner       runs queries, a few at a time
    engine       Trino's statement protocol
    executions   queries and their states, kept on disk
    results      CSV on S3, read back in pages
    values       column types and value texts
    catalog      databases and tables, from Glue
    utility      SHOW, DESCRIBE and DDL, which Athena answers from Glue and not by its engine
    saved        named queries and prepared statements

PyAthena, its SQLAlchemy dialect, boto3 and the AWS CLI use it unchanged; docs/sql.md says what is
supported and where it differs from Athena.
"""
