"""Sex and ethnicity of the sample district's learners, invented: so that the report of groups has something to show."""

from hashlib import sha256

from learners.demographics import keep_dimensions, save_demographics
from learners.models import Learner
from tenancy.actor import Actor
from tenancy.models import Tenant

DISTRICT = "periwinkle"
GIRLS = frozenset(
    "Amara Anaya Beatrix Camila Dahlia Elena Farah Fatima Giselle Harriet Ingrid Isadora Jamika Keiko Kiara Leila Maya "
    "Nadia Noor Priya Selena Thandiwe Uma Valentina Ximena Zainab Zara".split()
)
# Of a hundred learners.
ETHNICITY = (("hispanic", 44), ("white", 30), ("asian", 16), ("black", 7), ("two_or_more", 3))


def add_groups(tenant: Tenant, system: Actor) -> None:
    if tenant.slug != DISTRICT:
        return
    keep_dimensions(system, dimensions=["sex", "ethnicity"], may_delete=False)
    for learner in Learner.objects.filter(is_active=True).order_by("id"):
        sex = "female" if learner.given_name in GIRLS else "male"
        save_demographics(system, learner=learner, values={"sex": sex, "ethnicity": _ethnicity(learner.name)})


def _ethnicity(name: str) -> str:
    """The same at each loading; nothing in a name says it."""
    point = int(sha256(name.encode()).hexdigest(), 16) % 100
    for value, share in ETHNICITY:
        point -= share
        if point < 0:
            return value
    return ""
