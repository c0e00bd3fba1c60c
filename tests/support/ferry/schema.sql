-- A ferry line: foreign keys, triggers, views, and types that are rare elsewhere.
-- Statements end with a semicolon before an empty line, so a trigger has one statement.

CREATE TABLE ports (
  code CHAR(5) CHARACTER SET ascii PRIMARY KEY,
  name VARCHAR(60) NOT NULL,
  place POINT NOT NULL SRID 4326,
  harbour POLYGON,
  opened YEAR,
  depth_m DECIMAL(5,2) UNSIGNED,
  SPATIAL INDEX (place)
);

CREATE TABLE vessels (
  id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(40) NOT NULL UNIQUE,
  class ENUM('catamaran','car ferry','night ferry') NOT NULL DEFAULT 'car ferry',
  equipment SET('radar','restaurant','cabins','lift') NOT NULL DEFAULT '',
  built YEAR NOT NULL,
  seats MEDIUMINT UNSIGNED NOT NULL,
  flags BIT(12) NOT NULL DEFAULT b'0',
  active BIT(1) NOT NULL DEFAULT b'1',
  picture MEDIUMBLOB,
  replaces SMALLINT UNSIGNED,
  FOREIGN KEY (replaces) REFERENCES vessels (id)
);

CREATE TABLE routes (
  from_port CHAR(5) CHARACTER SET ascii,
  to_port CHAR(5) CHARACTER SET ascii,
  way LINESTRING,
  duration TIME(3) NOT NULL,
  nautical_miles FLOAT,
  season SET('spring','summer','autumn','winter') NOT NULL DEFAULT 'spring,summer,autumn,winter',
  PRIMARY KEY (from_port, to_port),
  FOREIGN KEY (from_port) REFERENCES ports (code),
  FOREIGN KEY (to_port) REFERENCES ports (code)
);

CREATE TABLE sailings (
  id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  from_port CHAR(5) CHARACTER SET ascii NOT NULL,
  to_port CHAR(5) CHARACTER SET ascii NOT NULL,
  vessel SMALLINT UNSIGNED NOT NULL,
  departs DATETIME NOT NULL,
  day DATE AS (CAST(departs AS DATE)) STORED,
  booked INT NOT NULL DEFAULT 0,
  state ENUM('planned','boarding','sailed','cancelled') NOT NULL DEFAULT 'planned',
  FOREIGN KEY (from_port, to_port) REFERENCES routes (from_port, to_port),
  FOREIGN KEY (vessel) REFERENCES vessels (id)
);

CREATE TABLE customers (
  email VARCHAR(80) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY,
  name VARCHAR(60) CHARACTER SET latin1 NOT NULL,
  birthday DATE,
  preferences JSON,
  photo BLOB,
  since TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  recommended_by VARCHAR(80) COLLATE utf8mb4_0900_ai_ci,
  FOREIGN KEY (recommended_by) REFERENCES customers (email)
);

CREATE TABLE bookings (
  id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  sailing INT UNSIGNED NOT NULL,
  customer VARCHAR(80) COLLATE utf8mb4_0900_ai_ci NOT NULL,
  reference BINARY(8) NOT NULL UNIQUE,
  passengers TINYINT UNSIGNED NOT NULL DEFAULT 1,
  price DECIMAL(9,2) NOT NULL,
  paid DECIMAL(9,2) NOT NULL DEFAULT 0,
  each_pays DECIMAL(9,2) AS (price / passengers) VIRTUAL,
  changes INT NOT NULL DEFAULT 0,
  remark TEXT,
  FOREIGN KEY (sailing) REFERENCES sailings (id),
  FOREIGN KEY (customer) REFERENCES customers (email)
);

CREATE TABLE payments (
  booking BIGINT UNSIGNED,
  number INT,
  amount DECIMAL(9,2) NOT NULL,
  rate DOUBLE NOT NULL DEFAULT 1,
  received DATETIME(6) NOT NULL,
  PRIMARY KEY (booking, number),
  FOREIGN KEY (booking) REFERENCES bookings (id)
);

CREATE TABLE points (
  customer VARCHAR(80) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY,
  total BIGINT NOT NULL DEFAULT 0,
  bookings INT NOT NULL DEFAULT 0
);

CREATE TABLE history (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  booking BIGINT UNSIGNED NOT NULL,
  what VARCHAR(10) NOT NULL,
  before_change JSON,
  at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
);

CREATE TABLE tickets (
  booking BIGINT UNSIGNED,
  seat VARCHAR(4) COLLATE utf8mb4_bin,
  code VARBINARY(16) NOT NULL,
  PRIMARY KEY (booking, seat),
  CONSTRAINT ticket_of FOREIGN KEY (booking) REFERENCES bookings (id) ON DELETE CASCADE
);

CREATE TRIGGER booked_seats AFTER INSERT ON bookings FOR EACH ROW
  UPDATE sailings SET booked = booked + NEW.passengers WHERE id = NEW.sailing;

CREATE TRIGGER booked_points AFTER INSERT ON bookings FOR EACH ROW
  INSERT INTO points VALUES (NEW.customer, NEW.price, 1)
  ON DUPLICATE KEY UPDATE total = total + NEW.price, bookings = points.bookings + 1;

CREATE TRIGGER changed BEFORE UPDATE ON bookings FOR EACH ROW
  SET NEW.changes = OLD.changes + 1;

CREATE TRIGGER changed_history AFTER UPDATE ON bookings FOR EACH ROW
  INSERT INTO history (booking, what, before_change)
  VALUES (OLD.id, 'changed', JSON_OBJECT('price', OLD.price, 'paid', OLD.paid));

CREATE TRIGGER removed_seats AFTER DELETE ON bookings FOR EACH ROW
  UPDATE sailings SET booked = booked - OLD.passengers WHERE id = OLD.sailing;

CREATE TRIGGER removed_history AFTER DELETE ON bookings FOR EACH ROW
  INSERT INTO history (booking, what, before_change)
  VALUES (OLD.id, 'removed', JSON_OBJECT('price', OLD.price, 'customer', OLD.customer));

CREATE TRIGGER removed_tickets BEFORE DELETE ON bookings FOR EACH ROW
  DELETE FROM tickets WHERE booking = OLD.id;

CREATE TRIGGER received AFTER INSERT ON payments FOR EACH ROW
  UPDATE bookings SET paid = paid + NEW.amount WHERE id = NEW.booking;

CREATE VIEW departures AS
  SELECT s.id, f.name AS from_port, t.name AS to_port, s.departs, v.seats - s.booked AS free
  FROM sailings s JOIN ports f ON f.code = s.from_port JOIN ports t ON t.code = s.to_port
  JOIN vessels v ON v.id = s.vessel;

CREATE VIEW unpaid AS SELECT id, customer, price - paid AS owes FROM bookings WHERE paid < price;
