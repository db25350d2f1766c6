"""Makes what is missing in the database, and ends: python -m connesoa.schema"""

import sys

import psycopg

from connesoa import config

TABLES = """
SELECT pg_advisory_xact_lock(1901);
CREATE TABLE IF NOT EXISTS records (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  service text NOT NULL,
  text text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS records_of_service ON records (service, id);
CREATE TABLE IF NOT EXISTS jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  worker text NOT NULL,
  host text NOT NULL,
  record bigint NOT NULL REFERENCES records (id),
  done timestamptz NOT NULL DEFAULT now(),
  UNIQUE (worker, record)
);
CREATE TABLE IF NOT EXISTS health (value text PRIMARY KEY);
"""

if __name__ == "__main__":
    try:
        with psycopg.connect(**config.database_url()) as connection:
            connection.execute(TABLES)
    except psycopg.Error as error:
        sys.exit(f"the schema could not be made: {error}")
    print("the schema is in place")
