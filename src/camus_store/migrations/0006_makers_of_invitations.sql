ALTER TABLE camus_invitations
    ADD COLUMN by_owner boolean NOT NULL DEFAULT false,
    ADD COLUMN maker text;
