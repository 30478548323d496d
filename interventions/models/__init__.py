"""Who needs whom today: rules and the queue they fill, support plans, tutoring, the library, messages."""

from interventions.models.home import FamilyChoice, FamilyDigest
from interventions.models.info_sessions import InfoAnswer, InfoAudience, InfoSession
from interventions.models.library import Resource, ResourceTag, ResourceUse
from interventions.models.messages import DigestChoice, Message, MessageTemplate
from interventions.models.plans import PlanSession, Protocol, ProtocolStep, SupportPlan
from interventions.models.programme import DevelopmentPlace, DevelopmentRecord, ResourceNeed
from interventions.models.queue import Alert, AlertAct, AlertMark, AlertRun
from interventions.models.requests import LearnerRequest
from interventions.models.rules import Reason, Rule
from interventions.models.sessions import Block, Station, StationGroup
from interventions.models.tutoring import PeerPair, PeerSession

__all__ = [
    "Alert", "AlertAct", "AlertMark", "AlertRun", "Block", "DevelopmentPlace", "DevelopmentRecord", "DigestChoice",
    "FamilyChoice", "FamilyDigest", "InfoAnswer", "InfoAudience", "InfoSession", "LearnerRequest", "Message",
    "MessageTemplate", "PeerPair", "PeerSession", "PlanSession", "Protocol", "ProtocolStep", "Reason", "Resource",
    "ResourceNeed", "ResourceTag", "ResourceUse", "Rule", "Station", "StationGroup", "SupportPlan",
]  # fmt: skip
