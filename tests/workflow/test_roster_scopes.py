"""Two plans in one store: what one calls its member units is not the other's."""

from __future__ import annotations

from tests.definitions.test_huludao import ROSTER, huludao
from tests.workflow.world import OFFICE, World, local
from workflow import catalogue, launching
from workflow.audience import Audience
from workflow.launching import Wanted
from workflow.posts import directory

NOW = local("2022-01-10 09:00")


def test_a_second_plans_units_do_not_join_the_groups_of_the_first(sqlite_world: World) -> None:
    def members(key: str) -> set[str]:
        with sqlite_world.look(NOW, OFFICE) as act:
            definition = catalogue.by_key(act, key).texts.definition
            return set(Audience(definition, directory(act.session), act.today).units_in("member-units"))

    before = members(sqlite_world.key)
    wanted = Wanted(huludao(), 2022, ROSTER, "add")
    with sqlite_world.act(NOW, OFFICE) as act:
        launching.publish(act, wanted, accept_changes=True, drop_adjustments=True)
    assert members(sqlite_world.key) == before
    theirs = {unit.code for unit in ROSTER.units if "member-units" in unit.groups}
    assert theirs - before and members(wanted.key) == theirs
