"""PostgreSQL backend that gives every tenant table its composite key, foreign keys and row-level security."""
