ALTER TABLE identities DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON identities;
DROP POLICY identities_own ON identities;
DROP POLICY identities_change ON identities;
DROP FUNCTION app.unlink_identity(uuid,boolean);
DROP FUNCTION app.link_identity(text,text,text,text);

-- DropForeignKey
ALTER TABLE "public"."identities" DROP CONSTRAINT "identities_user_id_fkey";

-- DropTable
DROP TABLE "public"."identities";

DELETE FROM tokens WHERE kind = 'identity';
ALTER TABLE tokens DROP CONSTRAINT tokens_kind_check,
  ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_change', 'magic_link'));
