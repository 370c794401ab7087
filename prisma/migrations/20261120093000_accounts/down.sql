DROP FUNCTION app.refresh_session;
