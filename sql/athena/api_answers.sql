-- An answer of an API, good or bad; the last 31 days.
-- fetched_at timestamp(3): when it came, UTC
-- feed varchar: feed that asked
-- source varchar: live, simulator or replay
-- status integer: HTTP status; NULL where there was no answer
-- outcome varchar: applied, rejected, backoff or failed
-- bytes double: size of the body [bytes]
-- rows_applied bigint: rows written, all tables
-- rows_rejected bigint: records left out
-- error varchar: what was wrong, in words
SELECT
    CAST(fetched_at AS timestamp(3)) AS fetched_at,
    feed,
    source,
    CAST(status AS integer) AS status,
    outcome,
    CAST(bytes AS double) AS bytes,
    CAST(rows_applied AS bigint) AS rows_applied,
    CAST(rows_rejected AS bigint) AS rows_rejected,
    error
FROM api_responses
WHERE fetched_at > CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)) - INTERVAL '31' DAY
