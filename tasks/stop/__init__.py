"""The big switch: whatever is not yet out stays where it is until a person releases it."""
