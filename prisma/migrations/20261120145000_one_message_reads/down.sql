DROP FUNCTION app.is_unopened;
