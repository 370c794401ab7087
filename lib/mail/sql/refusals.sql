-- Notes that an address without an account wants no invitations by mail.
CREATE FUNCTION app.refuse_mail(address text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system notes it' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO mail_refusals (email_normalized) VALUES (lower(address)) ON CONFLICT DO NOTHING;
END $$;

-- Whether an address wants no invitations by mail.
CREATE FUNCTION app.refuses_mail(address text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN app.is_system() AND EXISTS (SELECT FROM mail_refusals r WHERE r.email_normalized = lower(address));
GRANT EXECUTE ON FUNCTION app.refuse_mail, app.refuses_mail TO sheaf_app;
