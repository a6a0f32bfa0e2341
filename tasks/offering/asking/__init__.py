"""The approval of offers: asked for, given, kept an eye on."""
