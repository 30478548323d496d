"""Catalogues of translations: what families, learners and people who sign in can read, in every language offered."""
