-- Which room of an id is meant. A server of the version before makes rooms beside this one, and
-- doesn't name them: the default does. Of a client that it writes is not known which: ''.

ALTER TABLE camus_rooms
    ADD COLUMN incarnation text COLLATE "C" NOT NULL DEFAULT gen_random_uuid()::text;
ALTER TABLE camus_clients
    ADD COLUMN incarnation text COLLATE "C" NOT NULL DEFAULT '';
