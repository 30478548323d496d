-- The three database roles and what each may do. Run by psql as a superuser; may be run again at any time.
-- `manage.py demo|test|services` and the `roles` service of docker-compose.yml use this one file.
--
--   waymark_owner  owns the tables, migrates; BYPASSRLS, because row-level security is forced on owners too, and a
--                  migration that sees no rows would "validate" violated keys and change nothing, silently
--   waymark_app    web and workers: row-level security applies, no DDL, no TRUNCATE
--   waymark_ops    jobs across tenants: BYPASSRLS, owns nothing
--
-- In:  environment WAYMARK_OWNER_PASSWORD, WAYMARK_APP_PASSWORD, WAYMARK_OPS_PASSWORD (12 characters or more);
--      -v database=NAME (default waymark); -v testing=1 lets the owner create and drop databases.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?database}
\else
  \set database waymark
\endif
\set owner_password ''
\set app_password ''
\set ops_password ''
\getenv owner_password WAYMARK_OWNER_PASSWORD
\getenv app_password WAYMARK_APP_PASSWORD
\getenv ops_password WAYMARK_OPS_PASSWORD

SELECT least(length(:'owner_password'), length(:'app_password'), length(:'ops_password')) >= 12 AS are_given \gset
\if :are_given
\else
  DO $$ BEGIN
    RAISE EXCEPTION 'Set WAYMARK_OWNER_PASSWORD, WAYMARK_APP_PASSWORD and WAYMARK_OPS_PASSWORD (12 characters or more).';
  END $$;
\endif

SELECT format('CREATE ROLE %I', wanted)
  FROM unnest(ARRAY['waymark_owner', 'waymark_app', 'waymark_ops']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec
ALTER ROLE waymark_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'owner_password';
ALTER ROLE waymark_app   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE waymark_ops   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'ops_password';
\if :{?testing}
  ALTER ROLE waymark_owner CREATEDB;
  GRANT pg_signal_backend TO waymark_owner;  -- DROP DATABASE … WITH (FORCE) ends the other roles' sessions
\endif
-- Without Citus only a placeholder; with it SET LOCAL app.tenant_id reaches the workers.
ALTER ROLE waymark_app SET citus.propagate_set_commands = 'local';

SELECT format('CREATE DATABASE %I OWNER waymark_owner TEMPLATE template0 ENCODING %L', :'database', 'UTF8')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO waymark_owner, waymark_app, waymark_ops;  -- COPY is staged

\connect :"database"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO waymark_app, waymark_ops;
ALTER DEFAULT PRIVILEGES FOR ROLE waymark_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO waymark_app, waymark_ops;
ALTER DEFAULT PRIVILEGES FOR ROLE waymark_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO waymark_app, waymark_ops;
