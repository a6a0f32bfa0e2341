"""The working commands of `otdel`, added to its Typer application once the language is chosen."""

import typer

from deployments.cli import approve, coupons, demo, load, people, registry, report, run, stop


def add_to(app: typer.Typer) -> None:
    """Add them all; their help is in the language of the moment, and none of it imports Prefect."""
    for module in (run, approve, stop, load, registry, report, coupons, people, demo):
        module.add_to(app)
