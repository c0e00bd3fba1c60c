-- Transactions, of which a random one runs again and again: {n} is a new number each time, {b} a
-- booking, {c} a customer. Two lines that follow each other are one transaction.

INSERT INTO bookings (sailing, customer, reference, passengers, price) VALUES (1 + {n} % 300, 'KUNDE{c}@exämple.ch', UNHEX(LEFT(SHA1({n}), 16)), 1 + {n} % 3, {n} / 9);

DELETE FROM payments WHERE booking = {b};
DELETE FROM bookings WHERE id = {b};

INSERT INTO payments SELECT booking, 2 + {n}, {n} / 7, 1, NOW(6) FROM tickets WHERE booking = {b} LIMIT 1;

UPDATE bookings SET price = price + 1, remark = CONCAT('☼', {n}) WHERE id = {b};

UPDATE bookings SET customer = 'kunde{c}@EXÄMPLE.ch' WHERE id = {b};
UPDATE bookings SET passengers = passengers + 1 WHERE id = {b};

UPDATE sailings SET state = 1 + {n} % 4, departs = departs + INTERVAL 1 DAY WHERE id = {c};

INSERT INTO customers (email, name, preferences) VALUES ('neu{n}@x.ch', 'Zoë', '[{n}]');

UPDATE customers SET email = CONCAT('alt', {n}, '@x.ch') WHERE email LIKE 'neu%' LIMIT 1;

UPDATE customers SET photo = UNHEX(SHA2({n}, 256)) WHERE email = 'Kunde{c}@exämple.ch';

UPDATE vessels SET picture = REPEAT(UNHEX(MD5({n})), 99), flags = {n} % 4096, seats = {n};

UPDATE ports SET place = ST_SRID(POINT({c} / 3, {c} / 7), 4326), opened = 2000 + {n} % 99;

UPDATE routes SET season = 1 + {n} % 15, duration = '-01:00:00.125' WHERE to_port < 'P0002';

UPDATE tickets SET seat = LOWER(seat) WHERE booking = {b};

DELETE FROM tickets WHERE booking BETWEEN {b} AND {b} + 3;
