"""What every table must have, as questions to the PostgreSQL catalogue. Each check returns the faults it found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, LiteralString

import psycopg

Connection = psycopg.Connection[Any]

# The bare form, as PostgreSQL writes it back.
POLICY = "(tenant_id = (current_setting('app.tenant_id'::text))::bigint)"
# Tables without row security, each with the reason why no tenant's data can stand in them.
GLOBAL_TABLES = {
    "tenancy_tenant": "the list of tenants itself; no personal data",
    "tenancy_user": "a sign-in may belong to several tenants; nothing about a tenant stands there",
    "tenancy_user_groups": "Django's platform staff groups",
    "tenancy_user_user_permissions": "Django's platform staff permissions",
    "tenancy_affiliation": "read before a tenant is known: says where a user may sign in and nothing else",
    "auth_group": "Django's platform staff groups",
    "auth_group_permissions": "Django's platform staff permissions",
    "auth_permission": "names of models and actions",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "django_session": "opened by a random key before a tenant is known",
    "django_cache": "sign-in limits, before a tenant is known",
    "account_emailaddress": "allauth: addresses of sign-ins",
    "account_emailconfirmation": "allauth: confirmations of addresses of sign-ins",
}
# Rows of these tables are only ever added.
APPEND_ONLY = (
    "assessments_evidence",
    "assessments_rubricscore",
    "competencies_competencyversion",
    "interventions_alertact",
    "interventions_peersession",
    "interventions_plansession",
    "milestones_leveloverride",
    "milestones_milestoneversion",
    "milestones_milestonewording",
    "milestones_overrideend",
    "milestones_release",
    "milestones_statuschange",
    "tenancy_auditentry",
)
RESTRICTED_ROLES = ("waymark_app", "waymark_ops")
# Tables that the application may ANALYZE: a roster import fills them and then has keys to them checked row by row.
ANALYSED = {("waymark_app", table) for table in ("learners_learner", "learners_section", "tenancy_member")}

TABLES = """
SELECT c.relname::text, c.relrowsecurity, c.relforcerowsecurity,
  (SELECT a.attnotnull AND a.atttypid = 'bigint'::regtype FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
POLICIES = """
SELECT c.relname::text, p.polname::text, p.polpermissive, p.polcmd::text, p.polroles = '{0}'::oid[],
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
INDEXES = """
SELECT t.relname::text, i.relname::text, x.indisprimary, x.indisunique OR x.indisexclusion,
  ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum ORDER BY k.place)
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') ORDER BY 1, 2
"""
FOREIGN_KEYS = """
SELECT f.conname::text, s.relname::text, t.relname::text, f.confdeltype::text, f.convalidated,
  ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum ORDER BY k.place),
  ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.attnum ORDER BY k.place)
FROM pg_constraint f JOIN pg_class s ON s.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
WHERE f.contype = 'f' AND s.relnamespace = 'public'::regnamespace ORDER BY 1
"""
TRIGGERS = """
SELECT c.relname::text || '.' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
WHERE NOT g.tgisinternal ORDER BY 1
"""
VIEWS = """
SELECT c.relname::text || CASE c.relkind WHEN 'm' THEN ' (materialised view)' ELSE ' (view)' END FROM pg_class c
WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
DEFINER_FUNCTIONS = """
SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
OTHER_SCHEMAS = """
SELECT nspname::text FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'information_schema') ORDER BY 1
"""
GRANTS = """
SELECT r.rolname::text, c.relname::text, upper(x.privilege)
FROM pg_class c CROSS JOIN pg_roles r CROSS JOIN unnest(%(privileges)s::text[]) AS x (privilege)
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND r.rolname = ANY(%(roles)s::text[])
  AND has_table_privilege(r.oid, c.oid, x.privilege) ORDER BY 1, 2, 3
"""


def _names(db: Connection, query: LiteralString) -> list[str]:
    return [str(row[0]) for row in db.execute(query).fetchall()]


def tenant_tables(db: Connection) -> list[str]:
    return [name for name in _names(db, TABLES) if name not in GLOBAL_TABLES]


def stale_entries(db: Connection, allowed: Collection[str] = tuple(GLOBAL_TABLES)) -> list[str]:
    """Entries of the allow-list for which there is no table any more."""
    there = set(_names(db, TABLES))
    return [f"{name}: allowed as a global table, but there is no such table" for name in allowed if name not in there]


def row_security_faults(db: Connection) -> list[str]:
    faults = []
    for name, enabled, forced, tenant in db.execute(TABLES).fetchall():
        if name in GLOBAL_TABLES:
            continue
        checks = (
            (tenant is None, "has no tenant_id and stands in no allow-list"),
            (tenant is False, "tenant_id may be null or is no bigint"),
            (not enabled, "row security is not enabled"),
            (not forced, "row security is not forced on the owner"),
        )
        faults += [f"{name}: {fault}" for is_wrong, fault in checks if is_wrong]
    return faults


def policy_faults(db: Connection) -> list[str]:
    """Exactly one policy for every command and role, with exactly the bare expression on both sides."""
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in tenant_tables(db)}
    faults = []
    for table, *policy in db.execute(POLICIES).fetchall():
        if table not in found:
            faults.append(f"{table}: has a policy although it is global")
            continue
        found[table].append(tuple(policy))
    for table, policies in found.items():
        if len(policies) != 1:
            faults.append(f"{table}: {len(policies)} policies")
        for name, permissive, command, for_everybody, using, check in policies:
            if not permissive or command != "*" or not for_everybody:
                faults.append(f"{table}.{name}: not for all commands and roles")
            faults += [f"{table}.{name}: {expression}" for expression in (using, check) if expression != POLICY]
    return faults


def index_faults(db: Connection) -> list[str]:
    """Primary key (tenant_id, id); every unique and every other index led by the tenant."""
    tables = set(tenant_tables(db))
    faults, keyed = [], set()
    for table, index, is_primary, is_unique, columns in db.execute(INDEXES).fetchall():
        if table not in tables:
            continue
        if is_primary:
            keyed.add(table)
            if columns != ["tenant_id", "id"]:
                faults.append(f"{table}: primary key is {columns}")
        if not columns or columns[0] != "tenant_id":
            faults.append(f"{table}.{index}: {'unique' if is_unique else 'index'} is led by {columns[:1]}")
    return faults + [f"{table}: no primary key" for table in sorted(tables - keyed)]


def foreign_key_faults(db: Connection) -> list[str]:
    """Between tenant tables every key carries the tenant; none becomes null when its target goes."""
    tables = set(tenant_tables(db))
    faults = []
    for name, source, target, on_delete, is_valid, columns, targets in db.execute(FOREIGN_KEYS).fetchall():
        here = f"{source}.{name}"
        if on_delete in {"n", "d"}:
            faults.append(f"{here}: ON DELETE SET NULL or DEFAULT")
        if not is_valid:
            faults.append(f"{here}: not validated")
        if source in tables and target in tables:
            pairs = dict(zip(columns, targets, strict=True))
            if pairs.get("tenant_id") != "tenant_id" or len(pairs) != 2 or "id" not in targets:
                faults.append(f"{here}: {columns} → {target}{targets} does not carry the tenant")
        elif target in tables:
            faults.append(f"{here}: a global table points into a tenant's table {target}")
    return faults


def forbidden_objects(db: Connection) -> list[str]:
    faults = [f"trigger {name}" for name in _names(db, TRIGGERS)]
    faults += [f"view {name}" for name in _names(db, VIEWS)]
    faults += [f"security definer function {name}" for name in _names(db, DEFINER_FUNCTIONS)]
    return faults + [f"schema {name}" for name in _names(db, OTHER_SCHEMAS)]


def grant_faults(db: Connection, append_only: Iterable[str] = APPEND_ONLY) -> list[str]:
    """TRUNCATE, TRIGGER and REFERENCES on nothing, MAINTAIN where it is said, UPDATE and DELETE not on append-only
    tables."""
    roles = list(RESTRICTED_ROLES)
    maintained = db.execute(GRANTS, {"roles": roles, "privileges": ["maintain"]}).fetchall()
    faults = [
        f"{role} may {privilege} {table}"
        for role, table, privilege in db.execute(
            GRANTS, {"roles": roles, "privileges": ["truncate", "trigger", "references"]}
        ).fetchall()
    ]
    rows = db.execute(GRANTS, {"roles": roles, "privileges": ["update", "delete"]}).fetchall()
    kept = set(append_only)
    faults += [f"{who} may {privilege} {table}" for who, table, privilege in maintained if (who, table) not in ANALYSED]
    return faults + [f"{role} may {privilege} {table}" for role, table, privilege in rows if table in kept]


def missing_keys(db: Connection, wanted: Iterable[tuple[str, str, str]]) -> list[str]:
    """Keys that a model declares as (table, column, target) and that the database does not have."""
    have = {
        (source, column, target)
        for _, source, target, _, _, columns, _ in db.execute(FOREIGN_KEYS).fetchall()
        for column in columns
    }
    return [
        f"{table}.{column}: no key to {target}"
        for table, column, target in wanted
        if (table, column, target) not in have
    ]
