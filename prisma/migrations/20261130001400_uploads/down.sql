DROP FUNCTION app.upload_ended();
DROP FUNCTION app.upload_begun();
DROP FUNCTION app.discard_upload(uuid);
DROP FUNCTION app.discard_abandoned(integer,integer);
DROP FUNCTION app.confirm_document(uuid,boolean);
DROP FUNCTION app.bytes_under_way(documents);
DROP FUNCTION app.begin_upload(uuid,uuid,text,text,bigint,bytea,text);
