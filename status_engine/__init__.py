"""The status engine: from a learner's evidence and a school's policy to a level, why, and what would change it.

Plain Python and NumPy: no database, no clock, no files. One learner and ten million rows take the same path. The
mathematics and the words are in the design document "The status engine"; sections are named where code follows them.
"""

from .canonical import canonical_json, digest
from .context import NOWHERE, Context, Unmet
from .criteria import CriteriaRollUp, Rule, roll_up_criteria
from .errors import EvidenceError, EvidenceErrors, PolicyError, PolicyErrors
from .explain import explain
from .fingerprint import fingerprints
from .gates import GATES, Gate, Gates
from .indicators import IndicatorRollUp, Measure, roll_up_indicators
from .kinds import KIND_NAMES, NO_CODE, NODATE, REASON_NAMES, STATE_NAMES, Kind, Reason, State
from .levels import LEVEL_NAMES, Flag, Level, flag_names, level_from_name
from .methods import METHODS
from .policy import Policy, policy_to_json
from .policy_parse import parse_policy
from .preview import preview
from .rollup import RollUp, roll_up
from .rounding import round_half_away
from .scale import Scale
from .table import EvidenceTable

__all__ = [
    "GATES",
    "KIND_NAMES",
    "LEVEL_NAMES",
    "METHODS",
    "NODATE",
    "NOWHERE",
    "NO_CODE",
    "REASON_NAMES",
    "STATE_NAMES",
    "Context",
    "CriteriaRollUp",
    "EvidenceError",
    "EvidenceErrors",
    "EvidenceTable",
    "Flag",
    "Gate",
    "Gates",
    "IndicatorRollUp",
    "Kind",
    "Level",
    "Measure",
    "Policy",
    "PolicyError",
    "PolicyErrors",
    "Reason",
    "RollUp",
    "Rule",
    "Scale",
    "State",
    "Unmet",
    "canonical_json",
    "digest",
    "explain",
    "fingerprints",
    "flag_names",
    "level_from_name",
    "parse_policy",
    "policy_to_json",
    "preview",
    "roll_up",
    "roll_up_criteria",
    "roll_up_indicators",
    "round_half_away",
]
