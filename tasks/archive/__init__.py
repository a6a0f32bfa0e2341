"""Letters as pages: the archive that everybody may read, and a recipient's own letter in a browser."""
