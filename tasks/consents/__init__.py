"""Consents and the stop-list: who may be written to, by which proof, and who never again."""
