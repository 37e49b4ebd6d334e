ALTER TABLE camus_rooms
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN starts_locked boolean NOT NULL DEFAULT false,
    ADD COLUMN not_before double precision,
    ADD COLUMN expires double precision,
    ADD COLUMN encrypted boolean NOT NULL DEFAULT false;
ALTER TABLE camus_clients
    ADD COLUMN guest_digest text;

CREATE TABLE camus_bans (
    room_id text COLLATE "C" NOT NULL,
    incarnation text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    identity text,
    address text,
    guest_digest text,
    username text,
    by text,
    by_owner boolean NOT NULL DEFAULT false,
    at double precision,
    until double precision,
    PRIMARY KEY (room_id, incarnation, id)
);

CREATE TABLE camus_invitations (
    room_id text COLLATE "C" NOT NULL,
    incarnation text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    name text,
    role text NOT NULL,
    by text NOT NULL,
    created_at double precision NOT NULL,
    not_before double precision,
    expires double precision,
    uses bigint,
    used bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, incarnation, id)
);

-- Until now camus_rooms.bans had a room's bans, as a JSON array of texts such as "identity ann" and
-- "address 192.0.2.1". A server of the version before goes on writing them there.

CREATE FUNCTION camus_bans_in(list text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    element json;
BEGIN
    FOR element IN SELECT json_array_elements(list::json) LOOP
        BEGIN
            RETURN NEXT element #>> '{}';
        EXCEPTION WHEN untranslatable_character OR feature_not_supported THEN
            -- A database without an encoding can't read an escaped character beyond ASCII.
            RAISE WARNING 'Camus could not copy the ban %', element;
        END;
    END LOOP;
END $$;

CREATE FUNCTION camus_copy_ban(room text, its_incarnation text, ban text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO camus_bans (room_id, incarnation, id, identity, address) VALUES (
        room,
        its_incarnation,
        replace(gen_random_uuid()::text, '-', ''),
        CASE WHEN ban LIKE 'identity %' THEN substr(ban, 10) END,
        CASE WHEN ban LIKE 'address %' THEN substr(ban, 9) END
    );
$$;

SELECT camus_copy_ban(id, incarnation, ban) FROM camus_rooms, camus_bans_in(bans) AS ban;

-- Only the new ones: others may have been taken back meanwhile.
CREATE FUNCTION camus_copy_new_bans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM camus_copy_ban(new.id, new.incarnation, ban)
    FROM camus_bans_in(new.bans) AS ban
    WHERE ban NOT IN (SELECT camus_bans_in(old.bans));
    RETURN NULL;
END $$;

CREATE TRIGGER camus_rooms_bans AFTER UPDATE OF bans ON camus_rooms
    FOR EACH ROW WHEN (old.bans IS DISTINCT FROM new.bans)
    EXECUTE FUNCTION camus_copy_new_bans();

CREATE FUNCTION camus_forget_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM camus_bans WHERE room_id = old.id AND incarnation = old.incarnation;
    DELETE FROM camus_invitations WHERE room_id = old.id AND incarnation = old.incarnation;
    RETURN NULL;
END $$;

CREATE TRIGGER camus_rooms_forgotten AFTER DELETE ON camus_rooms
    FOR EACH ROW EXECUTE FUNCTION camus_forget_room();
