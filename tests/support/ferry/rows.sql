-- Rows of the ferry line: `numbers` (n from 0 to 999) is there while this runs.

INSERT INTO ports
SELECT CONCAT('P', LPAD(n, 4, '0')), CONCAT('Hafen Nº ', n, IF(n % 3, '', ' ⚓')),
  ST_SRID(POINT(n * 1.7 - 20, 40 + n / 3), 4326),
  IF(n % 4, ST_GeomFromText('POLYGON((0 0, 0 3, 3 3, 3 0, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))'), NULL),
  IF(n % 5, 1901 + n * 7, '0000'), n * 12.34
FROM numbers WHERE n < 20;

INSERT INTO vessels (name, class, equipment, built, seats, flags, active, picture)
SELECT CONCAT('Möwe ', n), 1 + n % 3, n % 16, 1960 + n, 40 * n, n * 341, n % 2,
  IF(n % 3, REPEAT(UNHEX(MD5(n)), 200 * n), NULL)
FROM numbers WHERE n < 12;

UPDATE vessels AS v JOIN vessels AS older ON older.id + 5 = v.id SET v.replaces = older.id;

INSERT INTO routes
SELECT a.code, b.code, IF(a.code < b.code, LineString(POINT(1, 2), POINT(3, 4.5), POINT(-1, 0)), NULL),
  SEC_TO_TIME(1800.125 * (1 + a.opened % 7)), a.depth_m / 3, 1 + a.opened % 15
FROM ports a JOIN ports b ON a.code <> b.code WHERE a.opened % 2 = 0 OR b.code < 'P0004';

INSERT INTO sailings (from_port, to_port, vessel, departs, state)
SELECT r.from_port, r.to_port, 1 + n % 12, TIMESTAMP('2026-03-28 22:15:00') + INTERVAL n HOUR, 1 + n % 4
FROM numbers JOIN (
  SELECT from_port, to_port, ROW_NUMBER() OVER (ORDER BY from_port, to_port) AS r FROM routes
) AS r ON r.r = 1 + n % 50 WHERE n < 300;

INSERT INTO customers (email, name, birthday, preferences, photo, since)
SELECT CONCAT('Kunde', n, '@exämple.ch'), CONCAT('Françoise Müller ', n),
  IF(n % 7, DATE('1930-02-28') + INTERVAL n * 61 DAY, NULL),
  IF(n % 4, JSON_OBJECT('n', n, 'meals', JSON_ARRAY('veg', n / 8, NULL), 'vip', n % 2 = 0), NULL),
  IF(n % 3, UNHEX(SHA2(n, 512)), X''), TIMESTAMP('2026-01-01') + INTERVAL n * 999983 MICROSECOND
FROM numbers WHERE n < 400;

UPDATE customers AS c JOIN customers AS other ON other.email = 'kunde0@EXAMPLE.ch'
SET c.recommended_by = other.email WHERE c.email LIKE '%1@%';

INSERT INTO bookings (sailing, customer, reference, passengers, price, remark)
SELECT 1 + n % 300, CONCAT('Kunde', n % 400, '@exämple.ch'), UNHEX(LEFT(MD5(n), 16)), 1 + n % 4,
  20 + n / 7, IF(n % 6, NULL, REPEAT('Fenster ☼, ', n % 40))
FROM numbers;

INSERT INTO tickets SELECT id, CONCAT(passengers, IF(id % 2, 'a', 'A')), UNHEX(SHA1(id)) FROM bookings;

INSERT INTO payments
SELECT booking, 1, booking / 5, 1 / booking, TIMESTAMP('2026-03-01') + INTERVAL booking * 31 SECOND
FROM tickets WHERE booking % 3;
