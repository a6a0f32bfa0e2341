"""Questions of customers: answered, needing no answer, or passed on to whoever knows."""
