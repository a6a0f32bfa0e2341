"""How many rows one transaction takes, so that whoever else wants to write waits a moment and not longer. Pure."""

from dataclasses import dataclass

A_WRITE = 0.8  # seconds
BEGINS_WITH = 2000


@dataclass
class Pace:
    """So many rows as take about `A_WRITE`, never more than `most`: as many more or fewer as the last have told."""

    most: int
    rows: int = 0

    def __post_init__(self) -> None:
        self.rows = min(self.most, BEGINS_WITH)

    def took(self, rows: int, seconds: float) -> None:
        """The last transaction had so many rows and took so long."""
        fitting = int(rows * A_WRITE / max(seconds, 0.001))
        self.rows = max(1, min(self.most, fitting, 2 * self.rows))
