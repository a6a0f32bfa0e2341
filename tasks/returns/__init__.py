"""What comes back from mailings: bounces, complaints, replies, opens, clicks, unsubscribes, and what they come to."""
