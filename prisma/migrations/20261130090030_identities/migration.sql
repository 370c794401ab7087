ALTER TABLE tokens DROP CONSTRAINT tokens_kind_check,
  ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_change', 'magic_link', 'identity'));

-- CreateTable
CREATE TABLE "identities" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "email" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identities_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "identities_issuer_subject_key" ON "identities"("issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "identities_user_id_issuer_key" ON "identities"("user_id", "issuer");

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Lets somebody of another provider, who has proven an address there, sign in to the account that has it, and says whose
-- that is; or why not: nobody has it (free), a guest, somebody suspended, an account whose own address is unproven (anybody
-- could have registered it), or one that knows somebody else of that provider (who had the mailbox before).
CREATE FUNCTION app.link_identity(of_issuer text, of_subject text, address text, normal text) RETURNS TABLE (person uuid, outcome text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system links' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
  SELECT u.id, CASE WHEN u.suspended_at IS NOT NULL THEN 'suspended' WHEN u.is_external THEN 'guest'
      WHEN u.email_verified_at IS NULL THEN 'unproven'
      WHEN EXISTS (SELECT FROM identities i WHERE i.user_id = u.id AND i.issuer = of_issuer) THEN 'taken' ELSE 'linked' END
    INTO person, outcome FROM users u WHERE u.email_normalized = normal FOR NO KEY UPDATE;
  IF NOT FOUND THEN outcome := 'free';
  ELSIF outcome = 'linked' THEN
    INSERT INTO identities (user_id, issuer, subject, email) VALUES (person, of_issuer, of_subject, address);
  END IF;
  RETURN NEXT;
END $$;

-- Takes one of the actor's identities away and returns its provider; null when it is none of theirs. Refused when they
-- could sign in by nothing else: no password, no other identity, and no mail for links.
CREATE FUNCTION app.unlink_identity(identity uuid, has_mail boolean) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.actor_id(); provider text;
BEGIN
  -- of two at once, one is the last
  PERFORM FROM users WHERE id = me FOR NO KEY UPDATE;
  DELETE FROM identities WHERE id = identity AND user_id = me RETURNING issuer INTO provider;
  IF provider IS NOT NULL AND NOT has_mail AND NOT EXISTS (SELECT FROM credentials WHERE user_id = me)
      AND NOT EXISTS (SELECT FROM identities WHERE user_id = me) THEN
    RAISE EXCEPTION 'The last way in' USING ERRCODE = 'SH004', DETAIL = 'last_way_in';
  END IF;
  RETURN provider;
END $$;

CREATE POLICY owner_all ON identities TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY identities_own ON identities FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));

CREATE POLICY identities_change ON identities FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()));

ALTER TABLE identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.link_identity(text,text,text,text),
  app.unlink_identity(uuid,boolean)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.link_identity(text,text,text,text),
  app.unlink_identity(uuid,boolean)
  TO sheaf_app;
GRANT SELECT, UPDATE (email, last_used_at) ON TABLE identities TO sheaf_app;
