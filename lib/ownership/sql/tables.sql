-- --- ownership_transfers ---
CALL app.protect('ownership_transfers');
CREATE TRIGGER tell_transfer AFTER INSERT OR UPDATE OF status ON ownership_transfers FOR EACH ROW EXECUTE FUNCTION app.tell_transfer();
