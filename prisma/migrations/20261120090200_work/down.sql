DROP TRIGGER quota_opened ON users;
DROP FUNCTION app.count_call, app.token_actor, app.session_actor, app.verify_email, app.document_processed, app.document_progress, app.purge_document, app.set_document_trashed,
  app.discard_upload, app.confirm_document, app.document_key, app.is_collection_live, app.demand_document, app.claim_invitations, app.invitation_mail, app.list_collaborators, app.add_collaborator, app.mark_opened,
  app.collection_people, app.purge_collection, app.set_collection_trashed, app.demand_collection, app.create_collection, app.set_tier,
  app.quota_opened, app.quota_release, app.quota_charge, app.quota_limits;
