"""Letters of a mailing that is being sent, written for whom they are to."""
