-- An aircraft with its newest state, in the units that people use. Not heard of for a minute: stale.
-- icao24 varchar: 24-bit address of the transponder in hexadecimal
-- callsign varchar: callsign
-- country varchar: country of registration
-- latitude double: WGS84 latitude [deg]
-- longitude double: WGS84 longitude [deg]
-- altitude_m double: barometric altitude; on the ground 0 [m]
-- altitude_ft double: barometric altitude; on the ground 0 [ft]
-- altitude_band varchar: altitude in steps of 10,000 ft
-- state varchar: in the air, or on the ground
-- speed_kmh double: speed over ground [km/h]
-- speed_kt double: speed over ground [kt]
-- track double: track over ground clockwise from north [deg]
-- climb_m_s double: vertical rate; positive is climbing [m/s]
-- squawk varchar: transponder code in octal
-- emergency varchar: what an emergency squawk says; NULL for all others
-- last_contact timestamp(3): time of the last message, UTC
-- age_s bigint: time since the last message [s]
SELECT
    f.icao24,
    f.callsign,
    f.origin_country AS country,
    CAST(f.latitude AS double) AS latitude,
    CAST(f.longitude AS double) AS longitude,
    f.altitude AS altitude_m,
    round(f.altitude / 0.3048) AS altitude_ft,
    CASE
        WHEN f.on_ground = 1 THEN 'ground'
        WHEN f.altitude IS NULL THEN 'unknown'
        WHEN f.altitude < 3048 THEN '0 - 10,000 ft'
        WHEN f.altitude < 6096 THEN '10,000 - 20,000 ft'
        WHEN f.altitude < 9144 THEN '20,000 - 30,000 ft'
        WHEN f.altitude < 12192 THEN '30,000 - 40,000 ft'
        ELSE 'above 40,000 ft'
    END AS altitude_band,
    CASE WHEN f.on_ground = 1 THEN 'on the ground' ELSE 'in the air' END AS state,
    round(CAST(f.velocity AS double) * 3.6, 1) AS speed_kmh,
    round(CAST(f.velocity AS double) / 0.514444, 1) AS speed_kt,
    CAST(f.true_track AS double) AS track,
    CAST(f.vertical_rate AS double) AS climb_m_s,
    f.squawk,
    CASE f.squawk
        WHEN '7500' THEN 'hijacking'
        WHEN '7600' THEN 'radio failure'
        WHEN '7700' THEN 'emergency'
    END AS emergency,
    CAST(f.last_contact AS timestamp(3)) AS last_contact,
    date_diff('second', f.last_contact, CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3))) AS age_s
FROM (
    SELECT *, CASE WHEN on_ground = 1 THEN 0e0 ELSE CAST(baro_altitude AS double) END AS altitude
    FROM flights
) AS f
