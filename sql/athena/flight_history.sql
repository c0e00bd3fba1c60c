-- A position report of an aircraft, in the units that people use; the last 31 days.
-- icao24 varchar: 24-bit address of the transponder in hexadecimal
-- callsign varchar: callsign
-- country varchar: country of registration
-- time_position timestamp(3): time of the report, UTC
-- latitude double: WGS84 latitude [deg]
-- longitude double: WGS84 longitude [deg]
-- altitude_m double: barometric altitude; on the ground 0 [m]
-- altitude_ft double: barometric altitude; on the ground 0 [ft]
-- altitude_band varchar: altitude in steps of 10,000 ft
-- state varchar: in the air, or on the ground
-- speed_kmh double: speed over ground [km/h]
-- speed_kt double: speed over ground [kt]
-- climb_m_s double: vertical rate; positive is climbing [m/s]
-- day varchar: the day of the report, UTC; queries that name it read this day's files only
SELECT
    p.icao24,
    p.callsign,
    p.origin_country AS country,
    CAST(p.time_position AS timestamp(3)) AS time_position,
    CAST(p.latitude AS double) AS latitude,
    CAST(p.longitude AS double) AS longitude,
    p.altitude AS altitude_m,
    round(p.altitude / 0.3048) AS altitude_ft,
    CASE
        WHEN p.on_ground = 1 THEN 'ground'
        WHEN p.altitude IS NULL THEN 'unknown'
        WHEN p.altitude < 3048 THEN '0 - 10,000 ft'
        WHEN p.altitude < 6096 THEN '10,000 - 20,000 ft'
        WHEN p.altitude < 9144 THEN '20,000 - 30,000 ft'
        WHEN p.altitude < 12192 THEN '30,000 - 40,000 ft'
        ELSE 'above 40,000 ft'
    END AS altitude_band,
    CASE WHEN p.on_ground = 1 THEN 'on the ground' ELSE 'in the air' END AS state,
    round(CAST(p.velocity AS double) * 3.6, 1) AS speed_kmh,
    round(CAST(p.velocity AS double) / 0.514444, 1) AS speed_kt,
    CAST(p.vertical_rate AS double) AS climb_m_s,
    p.day
FROM (
    SELECT *, CASE WHEN on_ground = 1 THEN 0e0 ELSE CAST(baro_altitude AS double) END AS altitude
    FROM flight_positions
    WHERE day >= date_format(current_timestamp AT TIME ZONE 'UTC' - INTERVAL '31' DAY, '%Y-%m-%d')
) AS p
