CREATE TABLE schedulers (
  instance text PRIMARY KEY,
  started timestamptz NOT NULL DEFAULT now(),
  seen timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ticks (
  at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX ticks_at ON ticks (at);
