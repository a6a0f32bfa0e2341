"""Campaigns, goals and funds: what the head plans in company.yaml, beside what the registry knows of it."""
