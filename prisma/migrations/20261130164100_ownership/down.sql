DROP TRIGGER tell_transfer ON ownership_transfers;
ALTER TABLE ownership_transfers DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON ownership_transfers;
DROP FUNCTION app.waiting_transfer(uuid);
DROP FUNCTION app.transfer_lasts();
DROP FUNCTION app.transfer_cards(uuid,uuid);
DROP FUNCTION app.tell_transfer();
DROP FUNCTION app.sweep_transfers();
DROP FUNCTION app.ownership_offered_recipients(jsonb);
DROP FUNCTION app.ownership_answered_recipients(jsonb);
DROP FUNCTION app.offer_transfer(uuid,text);
DROP FUNCTION app.list_possible_owners(uuid,text,integer);
DROP FUNCTION app.is_transfer_open(text,timestamp with time zone);
DROP FUNCTION app.end_transfer(uuid,text);
DROP FUNCTION app.demand_owner(uuid);
DROP FUNCTION app.can_take_over(uuid,uuid);
DROP FUNCTION app.possible_owners(uuid,uuid);
DROP FUNCTION app.accept_transfer(uuid);

-- DropForeignKey
ALTER TABLE "public"."ownership_transfers" DROP CONSTRAINT "ownership_transfers_collection_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."ownership_transfers" DROP CONSTRAINT "ownership_transfers_from_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."ownership_transfers" DROP CONSTRAINT "ownership_transfers_to_id_fkey";

-- DropTable
DROP TABLE "public"."ownership_transfers";
