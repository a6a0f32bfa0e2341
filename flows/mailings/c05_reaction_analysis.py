"""C5 · analysis of reaction to mailings: how far letters came, what they brought, against those who got none."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_reaction_orders import ReactionForm
from tasks.reactions_to_mailings.steps import analyse_reactions, let_winners_out


@flow(name="C5 · reaction analysis", flow_run_name=named(mark("See what mailings came to")))
async def reaction_analysis(form: ReactionForm = ReactionForm()) -> State[None]:  # noqa: B008  frozen
    """Decide what is due among variants, then count, compare and tell the registry."""
    done = let_winners_out()
    done += analyse_reactions(form.days, form.mailing)
    return ended(done)
