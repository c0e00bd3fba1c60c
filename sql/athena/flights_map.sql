-- What the map draws, as GeoJSON: every aircraft heard of in the last five minutes, and its trail of
-- ten minutes, which does not join across a silence of more than 90 s.
-- icao24 varchar: 24-bit address of the transponder in hexadecimal
-- callsign varchar: callsign
-- country varchar: country of registration
-- altitude_band varchar: altitude in steps of 10,000 ft
-- state varchar: in the air, or on the ground
-- last_contact timestamp(3): time of the last message, UTC
-- feature varchar: a GeoJSON feature: a MultiLineString for a trail, a Point for an aircraft
WITH shown AS (
    SELECT * FROM flights_now WHERE age_s <= 300 AND longitude IS NOT NULL AND latitude IS NOT NULL
),
reports AS (
    SELECT
        icao24, time_position, ARRAY[CAST(longitude AS double), CAST(latitude AS double)] AS place,
        date_diff(
            'second', lag(time_position) OVER (PARTITION BY icao24 ORDER BY time_position), time_position
        ) AS silence_s
    FROM flight_positions
    WHERE day >= date_format(current_timestamp AT TIME ZONE 'UTC' - INTERVAL '10' MINUTE, '%Y-%m-%d')
        AND time_position > CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)) - INTERVAL '10' MINUTE
        AND longitude IS NOT NULL AND latitude IS NOT NULL
),
parts AS (
    SELECT
        *, sum(CASE WHEN silence_s > 90 THEN 1 ELSE 0 END) OVER (
            PARTITION BY icao24 ORDER BY time_position
        ) AS part
    FROM reports
),
lines AS (
    SELECT icao24, array_agg(place ORDER BY time_position) AS line
    FROM parts GROUP BY icao24, part HAVING count(*) > 1
),
trails AS (SELECT icao24, array_agg(line) AS trail FROM lines GROUP BY icao24),
drawn AS (
    SELECT s.*, d.above, d.shape
    FROM shown AS s LEFT JOIN trails AS t ON t.icao24 = s.icao24
    CROSS JOIN UNNEST(
        ARRAY[0, 1],
        ARRAY[
            if(t.trail IS NOT NULL, CAST(MAP(ARRAY['type', 'coordinates'], ARRAY[CAST('MultiLineString' AS json), CAST(t.trail AS json)]) AS json)),
            CAST(MAP(ARRAY['type', 'coordinates'], ARRAY[CAST('Point' AS json), CAST(ARRAY[s.longitude, s.latitude] AS json)]) AS json)
        ]
    ) AS d (above, shape)
    WHERE d.shape IS NOT NULL
)
SELECT
    icao24, callsign, country, altitude_band, state, last_contact,
    json_format(CAST(MAP(
        ARRAY['type', 'geometry', 'properties', 'extraProps'],
        ARRAY[
            CAST('Feature' AS json),
            shape,
            CAST(MAP(
                ARRAY['track', 'altitude_m', 'ground', 'emergency', 'age_s', 'strokeColor'],
                ARRAY[
                    CAST(track AS json), CAST(altitude_m AS json), CAST(state = 'on the ground' AS json),
                    CAST(emergency IS NOT NULL AS json), CAST(age_s AS json), CAST(ARRAY[90, 110, 140, 110] AS json)
                ]
            ) AS json),
            CAST(MAP(
                ARRAY['Callsign', 'Address', 'Country', 'Altitude', 'Speed', 'Climb', 'Squawk', 'Heard'],
                ARRAY[
                    coalesce(callsign, 'unknown'), icao24, coalesce(country, 'unknown'),
                    if(altitude_m IS NULL, 'unknown', format('%,.0f m / %,.0f ft', altitude_m, altitude_ft)),
                    if(speed_kmh IS NULL, 'unknown', format('%.0f km/h / %.0f kt', speed_kmh, speed_kt)),
                    if(climb_m_s IS NULL, 'unknown', format('%.1f m/s', climb_m_s)),
                    coalesce(squawk, 'none') || coalesce(' ' || emergency, ''),
                    format('%d s ago', age_s)
                ]
            ) AS json)
        ]
    ) AS json)) AS feature
FROM drawn
ORDER BY above
