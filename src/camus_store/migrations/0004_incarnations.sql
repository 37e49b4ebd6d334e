-- The name of a room among all that ever have its id. A server of the version before may create
-- rooms in the same database: the default names them. Its clients have '': their room's is unknown.

ALTER TABLE camus_rooms
    ADD COLUMN incarnation text COLLATE "C" NOT NULL DEFAULT gen_random_uuid()::text;
ALTER TABLE camus_clients
    ADD COLUMN incarnation text COLLATE "C" NOT NULL DEFAULT '';
