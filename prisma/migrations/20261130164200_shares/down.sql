DROP TRIGGER tell_hidden_share ON hidden_shares;
ALTER TABLE hidden_shares DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON hidden_shares;
DROP FUNCTION app.tell_hidden_share();
DROP FUNCTION app.share_givers(integer);
DROP FUNCTION app.my_shares();
DROP FUNCTION app.list_shares(text,uuid,integer,integer,boolean,text,text,uuid,integer);
DROP FUNCTION app.hide_share(text,uuid,boolean);

-- DropForeignKey
ALTER TABLE "public"."hidden_shares" DROP CONSTRAINT "hidden_shares_user_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."hidden_shares" DROP CONSTRAINT "hidden_shares_collection_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."hidden_shares" DROP CONSTRAINT "hidden_shares_document_id_fkey";

-- DropTable
DROP TABLE "public"."hidden_shares";
