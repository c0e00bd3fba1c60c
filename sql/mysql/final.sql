-- Rendered from feeds/*.yaml by `headwater render`: change those, not this file.
-- Moments are UTC. Units stand in [brackets] behind the meaning of a column.

CREATE SCHEMA IF NOT EXISTS `final` DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE IF NOT EXISTS `final`.`flights` (
  `icao24` char(6) NOT NULL COMMENT '24-bit address of the transponder in hexadecimal',
  `callsign` varchar(8) NULL COMMENT 'callsign',
  `origin_country` varchar(64) NULL COMMENT 'country of registration as inferred from icao24',
  `time_position` timestamp NULL COMMENT 'time of the last position report; null if none in 15 s',
  `last_contact` timestamp NOT NULL COMMENT 'time of the last message of any kind',
  `longitude` decimal(9,6) NULL COMMENT 'WGS84 longitude [deg]',
  `latitude` decimal(8,6) NULL COMMENT 'WGS84 latitude [deg]',
  `baro_altitude` decimal(8,2) NULL COMMENT 'barometric altitude [m]',
  `on_ground` tinyint(1) NULL COMMENT 'whether the position comes from a surface report',
  `velocity` decimal(7,2) NULL COMMENT 'speed over ground [m/s]',
  `true_track` decimal(5,2) NULL COMMENT 'track over ground clockwise from north [deg]',
  `vertical_rate` decimal(6,2) NULL COMMENT 'vertical rate; positive is climbing [m/s]',
  `sensors` json NULL COMMENT 'receivers that contributed; null unless asked for by receiver',
  `geo_altitude` decimal(8,2) NULL COMMENT 'geometric altitude [m]',
  `squawk` char(4) NULL COMMENT 'transponder code in octal',
  `spi` tinyint(1) NULL COMMENT 'special purpose indicator',
  `position_source` tinyint NULL COMMENT '0 ADS-B, 1 ASTERIX, 2 MLAT, 3 FLARM',
  `category` tinyint NULL COMMENT 'aircraft category 0 to 20; only with extended=1',
  `polled_at` timestamp(3) NOT NULL COMMENT 'the poll in which the aircraft was last present',
  PRIMARY KEY (`icao24`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin COMMENT='An aircraft in the box, with its newest state';

CREATE TABLE IF NOT EXISTS `final`.`flight_positions` (
  `icao24` char(6) NOT NULL COMMENT '24-bit address of the transponder in hexadecimal',
  `callsign` varchar(8) NULL COMMENT 'callsign',
  `origin_country` varchar(64) NULL COMMENT 'country of registration as inferred from icao24',
  `time_position` timestamp NOT NULL COMMENT 'time of the last position report; null if none in 15 s',
  `last_contact` timestamp NULL COMMENT 'time of the last message of any kind',
  `longitude` decimal(9,6) NULL COMMENT 'WGS84 longitude [deg]',
  `latitude` decimal(8,6) NULL COMMENT 'WGS84 latitude [deg]',
  `baro_altitude` decimal(8,2) NULL COMMENT 'barometric altitude [m]',
  `on_ground` tinyint(1) NULL COMMENT 'whether the position comes from a surface report',
  `velocity` decimal(7,2) NULL COMMENT 'speed over ground [m/s]',
  `true_track` decimal(5,2) NULL COMMENT 'track over ground clockwise from north [deg]',
  `vertical_rate` decimal(6,2) NULL COMMENT 'vertical rate; positive is climbing [m/s]',
  `sensors` json NULL COMMENT 'receivers that contributed; null unless asked for by receiver',
  `geo_altitude` decimal(8,2) NULL COMMENT 'geometric altitude [m]',
  `squawk` char(4) NULL COMMENT 'transponder code in octal',
  `spi` tinyint(1) NULL COMMENT 'special purpose indicator',
  `position_source` tinyint NULL COMMENT '0 ADS-B, 1 ASTERIX, 2 MLAT, 3 FLARM',
  `category` tinyint NULL COMMENT 'aircraft category 0 to 20; only with extended=1',
  PRIMARY KEY (`icao24`, `time_position`),
  KEY `by_age` (`time_position`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin COMMENT='A position report of an aircraft';

CREATE TABLE IF NOT EXISTS `final`.`api_responses` (
  `response_id` char(36) NOT NULL COMMENT 'UUID of the NiFi FlowFile',
  `feed` varchar(48) NOT NULL COMMENT 'feed that asked',
  `fetched_at` timestamp(3) NOT NULL COMMENT 'when the answer came',
  `url` varchar(2000) NOT NULL COMMENT 'what was asked, no secrets',
  `status` smallint unsigned NULL COMMENT 'HTTP; null: no answer',
  `bytes` bigint unsigned NOT NULL COMMENT 'size of the body',
  `sha256` char(64) NULL COMMENT 'hash of the body',
  `raw_key` varchar(255) NULL COMMENT 'the body in the raw zone',
  `outcome` enum('applied','rejected','backoff','failed') NOT NULL COMMENT 'applied: its rows are in the tables',
  `rows_applied` int unsigned NOT NULL COMMENT 'rows, all tables',
  `rows_rejected` int unsigned NOT NULL COMMENT 'records left out',
  `error` varchar(1000) NULL COMMENT 'what was wrong, in words',
  `retry_at` timestamp(3) NULL COMMENT 'no poll before',
  `source` enum('live','simulator','replay') NOT NULL COMMENT 'where the answer came from',
  PRIMARY KEY (`response_id`),
  KEY `by_feed` (`feed`, `outcome`, `fetched_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin COMMENT='Every response of an API, good or bad';
