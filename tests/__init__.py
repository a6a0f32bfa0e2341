"""Why we believe it."""

from hypothesis import settings

# A busy machine is slow, not wrong: no example is failed for its time. Here, so that a part of the tests has it too.
settings.register_profile("otdel", deadline=None)
settings.load_profile("otdel")
