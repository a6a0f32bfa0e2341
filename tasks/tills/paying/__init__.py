"""The program of a till asks about points."""
