-- Owners of rooms, sessions of clients, and the nodes (camus_runs) that wrote the clients.

ALTER TABLE camus_rooms ADD COLUMN owner text;

ALTER TABLE camus_clients
    ADD COLUMN role text NOT NULL DEFAULT 'guest',
    -- '' is the name of no node: clients of an older version go when a node first renews.
    ADD COLUMN run text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN session text,
    ADD COLUMN away_since double precision,
    ADD COLUMN left_over text,
    -- As in camus_rooms: an index serves a join only where both have one collation.
    ALTER COLUMN room_id TYPE text COLLATE "C";

CREATE INDEX camus_clients_session ON camus_clients (session);

-- A partial index, so that listing public rooms doesn't read the others.
CREATE INDEX camus_rooms_public ON camus_rooms (id) WHERE public;

CREATE TABLE camus_runs (
    id text COLLATE "C" PRIMARY KEY,
    alive_at double precision NOT NULL
);
