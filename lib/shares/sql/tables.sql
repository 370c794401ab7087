-- --- hidden_shares ---
CALL app.protect('hidden_shares');
CREATE TRIGGER tell_hidden_share AFTER INSERT OR UPDATE OR DELETE ON hidden_shares FOR EACH ROW EXECUTE FUNCTION app.tell_hidden_share();
