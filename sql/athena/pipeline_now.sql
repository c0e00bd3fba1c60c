-- The newest measurement of every table and service.
-- measured_at timestamp(3): when, UTC
-- subject varchar: a table as `database.table`, or a service
-- metric varchar: what was measured, its unit at the end
-- value double: in that unit
-- age_s bigint: time since it was measured [s]
SELECT
    CAST(max(measured_at) AS timestamp(3)) AS measured_at,
    subject,
    metric,
    max_by(value, measured_at) AS value,
    date_diff('second', max(measured_at), CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3))) AS age_s
FROM headwater.metrics
WHERE day >= date_format(current_timestamp AT TIME ZONE 'UTC' - INTERVAL '15' MINUTE, '%Y-%m-%d')
    AND measured_at > CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)) - INTERVAL '15' MINUTE
GROUP BY subject, metric
