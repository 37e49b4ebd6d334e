-- Rooms, and the clients in them. COLLATE "C": ids are ordered by their bytes, whatever
-- the database's language.

CREATE TABLE camus_rooms (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    created_at double precision NOT NULL,
    public boolean NOT NULL,
    password text,
    guest_limit bigint,
    empty_for double precision
);

-- No foreign key: clients are written with a delay, and the room may be deleted by then.
CREATE TABLE camus_clients (
    id text COLLATE "C" PRIMARY KEY,
    room_id text NOT NULL,
    username text NOT NULL,
    joined_at double precision NOT NULL
);

CREATE INDEX camus_clients_room_id ON camus_clients (room_id);
