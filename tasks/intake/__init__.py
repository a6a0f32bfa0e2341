"""Intake: customers, consents and purchases as tills, the site's shop and forms elsewhere hand them in."""
