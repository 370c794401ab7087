DROP FUNCTION app.demand_token;
DROP FUNCTION app.demand_session;
