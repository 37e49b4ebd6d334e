"""Every scenario, in the order of the rules."""

from ..scenario import Scenario
from . import (
    addresses,
    admission,
    form,
    framing,
    handshake,
    leaving,
    limits,
    negotiation,
    people,
    regressions,
    rosters,
    silence,
    talking,
)

SCENARIOS: tuple[Scenario, ...] = (
    *handshake.SCENARIOS,
    *admission.SCENARIOS,
    *addresses.SCENARIOS,
    *form.SCENARIOS,
    *framing.SCENARIOS,
    *talking.SCENARIOS,
    *silence.SCENARIOS,
    *people.SCENARIOS,
    *negotiation.SCENARIOS,
    *leaving.SCENARIOS,
    *rosters.SCENARIOS,
    *limits.SCENARIOS,
    *regressions.SCENARIOS,
)
