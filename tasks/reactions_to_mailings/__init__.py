"""What mailings come to: news gathered, figures and facts, winners let out, those who did not open asked again."""
