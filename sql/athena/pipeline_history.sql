-- What the pipeline measured of itself, every 30 s; the last 31 days.
-- measured_at timestamp(3): when, UTC
-- subject varchar: a table as `database.table`, or a service
-- metric varchar: what was measured, its unit at the end
-- value double: in that unit
-- per_minute double: how much it grew in a minute since the measurement before, of the same day; what counts up only, such as applied_rows_total
-- day varchar: the day, UTC; queries that name it read this day's files only
SELECT
    m.measured_at,
    m.subject,
    m.metric,
    m.value,
    CASE WHEN m.value >= m.earlier THEN
        60e0 * (m.value - m.earlier) / nullif(date_diff('second', m.earlier_at, m.measured_at), 0)
    END AS per_minute,
    m.day
FROM (
    SELECT
        CAST(measured_at AS timestamp(3)) AS measured_at, subject, metric, value, day,
        lag(value) OVER (PARTITION BY day, subject, metric ORDER BY measured_at) AS earlier,
        CAST(lag(measured_at) OVER (PARTITION BY day, subject, metric ORDER BY measured_at) AS timestamp(3)) AS earlier_at
    FROM headwater.metrics
    WHERE day >= date_format(current_timestamp AT TIME ZONE 'UTC' - INTERVAL '31' DAY, '%Y-%m-%d')
) AS m
