"""The entrypoints of all deployments: importing this wires the house, then hands out the flows.

A process that runs a flow imports only its entrypoint; so the wiring has to be in it.
"""

from deployments.furniture import wire
from deployments.leash import leash_run
from flows import discovered

leash_run()
wire()
globals().update(discovered())
