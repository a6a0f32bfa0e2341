"""What the returns of mailings come to: funnels, clicks by link, revenue and who it is owed to."""
