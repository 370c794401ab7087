-- The form in which names are compared: composed (NFC), without case, and with any white space as one space. Only what
-- has to be unique or is searched for is compared so; lists keep their order. Most names are plain and take the short
-- way, at the cost of `lower` alone. Not STRICT: the planner would not put it where it is called.
CREATE FUNCTION app.folded(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN octet_length(name) = length(name) AND strpos(name, '  ') = 0 THEN lower(name)
    ELSE regexp_replace(CASE WHEN lower(name) IS NFC NORMALIZED THEN lower(name) ELSE normalize(lower(name), NFC) END,
      U&'[\0009-\000d \0085\00a0\1680\2000-\200a\2028\2029\202f\205f\3000]+', ' ', 'g') END;
GRANT EXECUTE ON FUNCTION app.folded TO sheaf_app;
