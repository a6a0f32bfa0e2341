"""The entrypoints of all deployments: importing this wires the house, then hands out the flows.

A process that runs a flow imports only its entrypoint; so the wiring has to be in it.
"""

from deployments.furniture import wire
from deployments.leash import leash_run
from deployments.lists import lists_now
from flows import discovered
from models.form import offer_usually

leash_run()
wire()
offer_usually(lambda: lists_now() or {})
globals().update(discovered())
