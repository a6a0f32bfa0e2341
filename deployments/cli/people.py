"""`otdel invite` and `otdel till-key`: a personal link and a till's key, shown once to whoever is at the machine."""

from typing import Annotated

import typer

from deployments.cli.office import Office, code_of, office
from deployments.refusal import Refusal
from models.locale import mark, translate

SHOWN_ONCE = mark("It is shown only now. Give it to nobody else.")


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    whom_help = translate(mark("Name or key as in company.yaml"))
    outlet_help, title_help = translate(mark("Name or key of the outlet")), translate(mark("Name of the till"))
    person_help = translate(mark("Who orders it, as in company.yaml"))
    intake_help = translate(mark("It may also hand in customers and purchases"))
    coupons_help = translate(mark("It may ask about coupons and redeem them"))
    json_help = translate(mark("Answer as JSON"))

    @app.command("invite", help=translate(mark("Make a personal link for a person to come in by, and show it once.")))
    def invite(
        whom: Annotated[str, typer.Argument(help=whom_help)],
        *,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)],
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        make_link(whom, person, as_json)

    @app.command("till-key", help=translate(mark("Make a key for a till of an outlet, and show it once.")))
    def till_key(
        outlet: Annotated[str, typer.Argument(help=outlet_help)],
        title: Annotated[str, typer.Argument(help=title_help)],
        *,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)],
        intake: Annotated[bool, typer.Option("--intake", help=intake_help)] = False,
        coupons: Annotated[bool, typer.Option("--coupons", help=coupons_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        make_till_key(outlet, title, person, intake, coupons, as_json)


def make_link(whom: str, person: str, as_json: bool) -> None:
    with office(as_json) as desk:
        import secrets

        from models.staff import InviteForm
        from tasks.people.engine import Staff

        report, link = Staff(desk.house, lambda: secrets.token_urlsafe(32)).invite(
            InviteForm(who=whom, person=person)
        )  # fmt: skip
        _answer(desk, report, "link", link)


def make_till_key(outlet: str, title: str, person: str, intake: bool, coupons: bool, as_json: bool) -> None:
    with office(as_json) as desk:
        import secrets
        from functools import partial

        from deployments.secrets import read_secrets
        from models.orders import Signed
        from tasks.outlets.engine import Shops
        from tasks.people.tokens import till_key_hash

        house = desk.house
        keyed = partial(till_key_hash, read_secrets(desk.settings).session_key.get_secret_value())
        report, key = Shops(house).make_key(
            outlet, title, Signed(person=person), lambda: secrets.token_urlsafe(32), keyed, intake, coupons
        )  # fmt: skip
        _answer(desk, report, "key", key)


def _answer(desk: Office, report: object, name: str, secret: str) -> None:
    from tasks.orders.answers import Report

    assert isinstance(report, Report)
    if report.refusal:
        raise Refusal(report.refusal)
    ending = report.ending
    text = "\n".join([*map(str, report.lines), translate(SHOWN_ONCE), secret])
    desk.answer({name: secret, "title": report.title}, text, code_of(ending.done, ending.total, ending.remarks))
