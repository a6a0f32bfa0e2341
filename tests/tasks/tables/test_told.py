"""What came of the company's tables, in words: files are counted, and what is left is said."""

import pytest

from models.desk.drop import Said, Wrong
from models.ending import Ending
from models.reason import because
from tasks.tables.told import Fate, TableTold, ending_of, markdown

LOADED = TableTold(
    file="customers.csv", fate=Fate.LOADED, rows=12, counts={"new": 10, "same": 0, "unread": 1},
    said=Said(remarks=("1 row was left out: nobody can be known by it.",)), unknown=("Shoe size",),
    wrong=(Wrong(field="E-mail", reason=because("No e-mail."), number=3, rows=(4, 7), left_out=True),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        pytest.param(TableTold(file="a.csv"), Ending(), id="as before"),
        pytest.param(TableTold(file="a.csv", fate=Fate.ASIDE), Ending(), id="put aside"),
        pytest.param(TableTold(file="a.csv", fate=Fate.LOADED, rows=3), Ending(done=1, total=1), id="loaded"),
        pytest.param(
            TableTold(file="a.csv", fate=Fate.LOADED, left_out=2),
            Ending(done=1, total=1, remarks=("a.csv: 2 rows were left out until they are mended.",)), id="left out",
        ),
        pytest.param(
            TableTold(file="a.csv", fate=Fate.REFUSED, reason=because("No.")),
            Ending(total=1, remarks=("a.csv: No.",)), id="refused",
        ),
        pytest.param(
            TableTold(file="a.csv", fate=Fate.ASKED, reason=because("Look.")),
            Ending(total=1, remarks=("a.csv: Look.",)), id="asked",
        ),
        pytest.param(
            LOADED,
            Ending(done=1, total=1, remarks=("customers.csv: 1 row was left out: nobody can be known by it.",)),
            id="remarks",
        ),
    ],
)  # fmt: skip
def test_how_it_ends(told: TableTold, ending: Ending) -> None:
    assert told.ending == ending


def test_all_of_them_are_added_up() -> None:
    refused = TableTold(file="b.csv", fate=Fate.REFUSED, reason=because("No."))
    assert ending_of([LOADED, refused]).title == "Done with remarks: 1 of 2"


def test_it_is_shown_by_file_with_what_is_to_be_mended() -> None:
    shown = markdown([LOADED, TableTold(file="purchases.csv")])
    assert shown.startswith("## The company's tables\n\n### customers.csv\n\nLoaded: 12 rows.\n\n- new customers: 10\n")
    assert "Columns that are not known: Shoe size" in shown
    assert "- Column “E-mail”, 3 rows: 4, 7… (row left out). No e-mail." in shown
    assert shown.endswith("### purchases.csv\n\nAs it was loaded before.")
    assert "as before: 0" not in shown
