"""Outlets: as company.yaml names them, and the keys by which their tills come in."""
