"""The board in groups: counts of all, lines of the open ones, turned where the columns are many."""

from __future__ import annotations

from tests.statements import noted
from tests.workflow.world import OFFICE, World, local
from workflow import board_groups, board_tasks
from workflow.acts import Actor
from workflow.board import ALL, Filters
from workflow.board_groups import Outline

KEY = "ordos-benchmarking-2022"
NOW = local("2022-01-05 10:00")
LIAISON = Actor("联络员", "unit", "KJJ")
#: The programme, its dates, the counts by place and by unit – the roster is known by then; rows, desks and days.
STATEMENTS, LINES = 4, 3


def outline(world: World, filters: Filters = ALL, *, actor: Actor = OFFICE, layout: str = "") -> Outline:
    with world.look(NOW, actor) as act:
        return board_groups.outline(act, KEY, filters, layout=layout)


def test_groups_count_what_stands_in_them_and_lines_come_for_the_open_ones(sqlite_world: World) -> None:
    sqlite_world.file("KJJ", now=local("2022-01-04 10:00"))
    sqlite_world.advance(NOW)
    with sqlite_world.look(NOW, OFFICE) as act:
        board_groups.outline(act, KEY)
        with noted() as first:
            found = board_groups.outline(act, KEY)
        with noted() as second:
            lines = board_groups.lines(act, found, found.groups[:2])
    assert (len(first), len(second)) == (STATEMENTS, LINES), [statement for statement, _ in (*first, *second)]
    assert (found.layout, found.size, found.counts.overdue, found.counts.filed) == ("units", 61, 60, 1)
    assert [(group.title, len(group.members), group.counts.overdue) for group in found.groups][:2] == [
        ("党委部门", 4, 4), ("市人民政府组成部门", 25, 24),
    ]  # fmt: skip
    assert list(lines) == [group.key for group in found.groups[:2]]
    assert [len(some) for some in lines.values()] == [4, 25]
    assert sum(group.counts.total for group in found.groups) == found.counts.total == 183


def test_a_filter_leaves_the_groups_of_units_that_have_one(sqlite_world: World) -> None:
    sqlite_world.file("KJJ", now=local("2022-01-04 10:00"))
    found = outline(sqlite_world, Filters(state="filed"))
    assert [group.members for group in found.groups] == [("KJJ",)]
    assert (found.groups[0].counts.total, found.counts.filed) == (3, 1)
    assert outline(sqlite_world, Filters(unit="没有这个")).groups == ()


def test_a_turned_board_has_a_line_a_task_and_tells_each_submission_while_they_are_few(sqlite_world: World) -> None:
    with sqlite_world.look(NOW, OFFICE) as act:
        found = board_groups.outline(act, KEY, layout="tasks")
        lines = [line for some in board_tasks.lines(act, found, found.groups).values() for line in some]
        few = board_groups.outline(act, KEY, Filters(unit="科学技术"), layout="tasks")
        named = [line for some in board_tasks.lines(act, few, few.groups).values() for line in some]
    assert [line.obligation for line in lines] == ["target-choice", "research-trip", "work-plan"]
    assert all(line.cells == () and line.counts.total == 61 for line in lines)
    assert [line.obligation for line in named] == [line.obligation for line in lines]


def test_a_units_own_people_have_one_line(sqlite_world: World) -> None:
    found = outline(sqlite_world, actor=LIAISON)
    assert [group.members for group in found.groups] == [("KJJ",)]
    assert found.counts.total == 3


def test_a_thousand_units_cost_as_many_queries_as_sixty(sqlite_world: World) -> None:
    outline(sqlite_world)
    with noted() as before:
        outline(sqlite_world)
    with sqlite_world.store.write() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 940) "
            "INSERT INTO unit (code, name, category, groups, parent, row, body) "
            "SELECT 'X' || i, '单位' || i, '新类别', groups, parent, 1000 + i, '' FROM n, unit WHERE code = 'KJJ'"
        )
        columns = ", ".join(
            row[1]
            for row in connection.exec_driver_sql("PRAGMA table_info(submission)")
            if row[1] not in ("id", "unit")
        )
        connection.exec_driver_sql(
            f"INSERT INTO submission (unit, {columns}) SELECT u.code, {columns} FROM submission s, unit u "
            "WHERE s.unit = 'KJJ' AND u.category = '新类别'"
        )
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE key = 'roster-revision'")
    outline(sqlite_world)
    with noted() as after:
        found = outline(sqlite_world)
    assert (len(after), found.size) == (len(before), 1001)
    assert [group.title for group in found.groups if "第101至200家" in group.title] == ["新类别（第101至200家）"]
    assert max(len(group.members) for group in found.groups) == board_groups.LARGEST_GROUP
