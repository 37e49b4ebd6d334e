"""Every scenario against the router alone, without event loop or socket, in virtual time."""

from camus_core.conformance import Scenario, run
from conformance.setup import counted_address, every_scenario_without_a_wire
from driving.bare_router import BareRouter


@every_scenario_without_a_wire
def test_the_router_alone(scenario: Scenario) -> None:
    run(scenario, BareRouter(scenario.setting, counted_address).do)
