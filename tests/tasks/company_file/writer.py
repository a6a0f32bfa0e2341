"""A process that writes into company.yaml: enlists people one after the other. Run by the test of races."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from tasks.company_file.edits import Add
from tasks.company_file.engine import CompanyFile
from tests.tasks.company_file.rooms import room

if __name__ == "__main__":
    root, name, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    house: Any = room(root, date(2026, 11, 22))
    for n in range(number):
        card = {"key": f"{name}-{n}", "name": name, "email": f"{name}{n}@example.org"}
        CompanyFile(house).change([Add("people", card)])
