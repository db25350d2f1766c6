"""Brings the database to the newest schema, and ends: python -m bigga.migrate"""

import sys
from pathlib import Path

import psycopg

from bigga import config

LOCK = 4711  # any number that all migrations of this application share


def main() -> None:
    files = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
    with psycopg.connect(config.DATABASE_URL, connect_timeout=10) as connection:
        # Held until the end of the transaction: two migrations at once wait for each other.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
        done = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        for file in files:
            if file.name in done:
                continue
            connection.execute(file.read_text())
            connection.execute("INSERT INTO migrations (name) VALUES (%s)", (file.name,))
            print(f"applied {file.name}")
    print(f"{len(files)} migrations in place")


if __name__ == "__main__":
    try:
        main()
    except psycopg.Error as error:
        sys.exit(f"migration failed: {error}")
