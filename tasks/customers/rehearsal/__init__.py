"""Loading customers, rehearsed on a copy of those concerned: what it would come to is what it comes to there."""
