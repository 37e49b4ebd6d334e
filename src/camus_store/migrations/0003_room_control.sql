ALTER TABLE camus_rooms
    ADD COLUMN locked boolean NOT NULL DEFAULT false,
    ADD COLUMN bans text NOT NULL DEFAULT '[]';
ALTER TABLE camus_clients
    ADD COLUMN identity text,
    ADD COLUMN named boolean NOT NULL DEFAULT false,
    ADD COLUMN address text;
