"""Approval: who is asked, who may decide, and what a decision lets out."""
