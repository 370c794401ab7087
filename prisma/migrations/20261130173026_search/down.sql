SET LOCAL check_function_bodies = off;

DROP INDEX search_entries_keys;

DROP TRIGGER people_found_again ON users;
DROP TRIGGER people_found ON users;
DROP TRIGGER documents_found_again ON documents;
DROP TRIGGER documents_found ON documents;
DROP TRIGGER collections_found_again ON collections;
DROP TRIGGER collections_found ON collections;
ALTER TABLE search_words DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_entries DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE document_pages DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY pages_read ON document_pages;
DROP POLICY owner_all ON search_words;
DROP POLICY owner_all ON search_entries;
DROP POLICY owner_all ON document_pages;
DROP FUNCTION app.words_of(text);
DROP FUNCTION app.walk_entries(text,jsonb,app.search_term[],uuid[],uuid[],uuid[],bigint,integer);
DROP FUNCTION app.text_parts(text);
DROP FUNCTION app.text_key_sets(app.search_term[]);
DROP FUNCTION app.stem_of(text,text);
DROP FUNCTION app.sign_pairs(text);
DROP FUNCTION app.searchable(text);
DROP FUNCTION app.search_windows();
DROP FUNCTION app.search_window(bigint,integer);
DROP FUNCTION app.search_terms(text,boolean);
DROP FUNCTION app.search_marks(text[],tsvector,text,app.search_term[]);
DROP FUNCTION app.search_keys(bigint,text,uuid,uuid,uuid,text[],tsvector,text);
DROP FUNCTION app.search(text,text,uuid,text,bigint,integer);
DROP FUNCTION app.note_words(text[]);
DROP FUNCTION app.note_person();
DROP FUNCTION app.note_document();
DROP FUNCTION app.note_collection();
DROP FUNCTION app.name_key_sets(app.search_term[]);
DROP FUNCTION app.longest_word();
DROP FUNCTION app.language_of(text[]);
DROP FUNCTION app.stemmed_languages();
DROP FUNCTION app.keep_text(uuid,text,boolean);
DROP FUNCTION app.is_unspaced(text);
DROP FUNCTION app.is_named(text[],app.search_term[]);
DROP TYPE app.search_term;
DROP FUNCTION app.id_part(uuid);
DROP FUNCTION app.document_kind(text);

-- CreateTable
CREATE TABLE "public"."document_texts" (
    "document_id" UUID NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "document_texts_pkey" PRIMARY KEY ("document_id")
);

-- AddForeignKey
ALTER TABLE "public"."document_texts" ADD CONSTRAINT "document_texts_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO document_texts (document_id, body)
  SELECT id, string_agg(coalesce(body, ''), U&'\000c' ORDER BY page) FROM (
    SELECT d.id, n AS page, (SELECT string_agg(p.body, '' ORDER BY p.part) FROM document_pages p WHERE p.document_id = d.id AND coalesce(p.page, 1) = n) AS body
      FROM (SELECT document_id AS id, max(coalesce(page, 1)) AS pages FROM document_pages GROUP BY document_id) d, generate_series(1, d.pages) n
  ) pages GROUP BY id;

-- DropForeignKey
ALTER TABLE "public"."document_pages" DROP CONSTRAINT "document_pages_document_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."search_entries" DROP CONSTRAINT "search_entries_document_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."search_entries" DROP CONSTRAINT "search_entries_collection_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."search_entries" DROP CONSTRAINT "search_entries_user_id_fkey";

-- DropTable
DROP TABLE "public"."document_pages";

-- DropTable
DROP TABLE "public"."search_entries";

-- DropTable
DROP TABLE "public"."search_words";

CREATE OR REPLACE FUNCTION app.document_processed(document uuid, outcome text, why text, pages integer, thumbnail uuid, body text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system processes' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE documents SET status = outcome, problem = why, page_count = pages, thumbnail_object_id = thumbnail,
      progress = 100, updated_at = now()
   WHERE id = document AND status = 'uploaded';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'stored' WHERE id = thumbnail;
  IF body IS NOT NULL THEN
    INSERT INTO document_texts VALUES (document, body) ON CONFLICT (document_id) DO UPDATE SET body = excluded.body;
  END IF;
  INSERT INTO outbox (name, data) VALUES ('document/processed', jsonb_build_object('documentId', document));
  RETURN true;
END $function$
;

CREATE POLICY owner_all ON document_texts FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY texts_read ON document_texts FOR SELECT TO sheaf_app
  USING ((EXISTS ( SELECT
   FROM documents d
  WHERE (d.id = document_texts.document_id))));

ALTER TABLE document_texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT ON TABLE document_texts TO sheaf_app;
