-- Claims the sending of a mail by its key: `mine` for the caller, who is to send it now; `sent` where it was; `busy` where
-- somebody else is sending it; `lost` where they died after they had begun to hand it over, so that it may have been sent. Such
-- a mail is the caller's, too, where `again` says that sending it twice sends it once. The attempt is the caller's number; the
-- time is that of the first claim.
CREATE FUNCTION app.claim_delivery(wanted text, lost_after_seconds integer, again boolean, OUT state text, OUT attempt integer, OUT claimed_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held mail_deliveries;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO mail_deliveries AS d (key) VALUES (wanted) ON CONFLICT (key) DO NOTHING RETURNING d.attempt, d.first_claimed_at INTO attempt, claimed_at;
  IF FOUND THEN
    state := 'mine';
    RETURN;
  END IF;
  SELECT * INTO held FROM mail_deliveries d WHERE d.key = wanted FOR UPDATE;
  claimed_at := held.first_claimed_at;
  -- without a row it was given back at this moment
  state := CASE WHEN held.sent_at IS NOT NULL THEN 'sent' WHEN held.claimed_at <= now() - make_interval(secs => lost_after_seconds) THEN
    CASE WHEN again OR held.handed_over_at IS NULL THEN 'mine' ELSE 'lost' END ELSE 'busy' END;
  IF state = 'mine' THEN
    UPDATE mail_deliveries d SET claimed_at = now(), attempt = d.attempt + 1, handed_over_at = NULL WHERE d.key = wanted RETURNING d.attempt INTO attempt;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.claim_delivery TO sheaf_app;

-- Notes that a mail is about to be handed over; false when somebody else has claimed it meanwhile, and then it must not be.
CREATE FUNCTION app.hand_over_delivery(wanted text, own_attempt integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE mail_deliveries d SET handed_over_at = now() WHERE d.key = wanted AND d.attempt = own_attempt;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.hand_over_delivery TO sheaf_app;

-- Ends an attempt: as sent, or as not sent, so that the mail can be claimed again.
CREATE FUNCTION app.end_delivery(wanted text, own_attempt integer, was_sent boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  IF was_sent THEN
    UPDATE mail_deliveries d SET sent_at = now() WHERE d.key = wanted;
  ELSE
    DELETE FROM mail_deliveries d WHERE d.key = wanted AND d.attempt = own_attempt AND d.sent_at IS NULL;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.end_delivery TO sheaf_app;
