"""What is looked at before a mailing goes out: each file one subject, each finding with its place and its mend."""
