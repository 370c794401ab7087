DROP FUNCTION app.disown_unproven(uuid);

DELETE FROM tokens WHERE kind = 'magic_link';
ALTER TABLE tokens DROP CONSTRAINT tokens_kind_check,
  ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_change'));
