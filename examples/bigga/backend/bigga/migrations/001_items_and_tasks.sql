CREATE TABLE items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tasks (
  id uuid PRIMARY KEY,
  text text NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  result jsonb,
  worker text,
  created timestamptz NOT NULL DEFAULT now(),
  finished timestamptz
);

CREATE TABLE health (value text PRIMARY KEY);
