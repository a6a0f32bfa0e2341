"""How the sample company's pictures are drawn: shapes, things, towns, scenes."""
