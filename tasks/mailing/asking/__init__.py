"""Approval of mailings: who is asked, who may decide, what a decision lets out."""
