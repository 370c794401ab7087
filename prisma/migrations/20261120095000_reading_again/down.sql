DROP FUNCTION app.restart_processing;
