"""Subscriptions by the own site: asked for by a form, confirmed by a letter, forgotten where nobody confirms."""
