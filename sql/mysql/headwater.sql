-- Headwater's own tables; heartbeat and signal are captured. May be run any number of times.

CREATE DATABASE IF NOT EXISTS headwater
  CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;

CREATE TABLE IF NOT EXISTS headwater.heartbeat (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'always 1',
  counter BIGINT UNSIGNED NOT NULL COMMENT 'one more with every beat, never reset',
  server_uuid CHAR(36) CHARACTER SET ascii NOT NULL
    COMMENT '@@server_uuid of the server that wrote the beat',
  beat_at DATETIME(6) NOT NULL COMMENT 'when the beat was written, UTC'
) COMMENT 'Debezium beats here every 5 s: a connector that runs but does not move, or a server that was reset, shows';

INSERT INTO headwater.heartbeat (id, counter, server_uuid, beat_at)
SELECT 1, 0, @@server_uuid, UTC_TIMESTAMP(6) FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM headwater.heartbeat WHERE id = 1);

CREATE TABLE IF NOT EXISTS headwater.signal (
  id VARCHAR(42) NOT NULL PRIMARY KEY COMMENT 'any unique text; Debezium''s own entries are UUIDs',
  type VARCHAR(32) NOT NULL COMMENT 'what is asked for, such as execute-snapshot',
  data MEDIUMTEXT NULL COMMENT 'its parameters as JSON'
) COMMENT 'Orders to Debezium: snapshot a table while changes flow on';

CREATE TABLE IF NOT EXISTS headwater.metrics (
  measured_at DATETIME(3) NOT NULL COMMENT 'when, UTC',
  subject VARCHAR(129) COLLATE utf8mb4_bin NOT NULL COMMENT 'a table, service or feed',
  metric VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'what was measured, its unit at the end',
  value DOUBLE NOT NULL COMMENT 'in that unit',
  PRIMARY KEY (measured_at, subject, metric)
) COMMENT 'What the pipeline says of itself, every 30 s; captured, kept here for 7 days';

CREATE TABLE IF NOT EXISTS headwater.scan (
  table_name VARCHAR(129) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY COMMENT 'schema.table',
  signal_id CHAR(36) CHARACTER SET ascii NOT NULL COMMENT 'id of its row in headwater.signal',
  expected_rows BIGINT UNSIGNED NOT NULL COMMENT 'rows when the reading was asked for',
  notified_from BIGINT UNSIGNED NOT NULL COMMENT 'end of the topic of notifications then',
  requested_at DATETIME(6) NOT NULL COMMENT 'when, UTC',
  outcome VARCHAR(20) CHARACTER SET ascii NULL COMMENT 'how it ended, as Debezium calls it'
) COMMENT 'The newest reading of each captured table; not captured itself';
