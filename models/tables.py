"""All tables of Otdel in one metadata: what migrations and tests build from."""

from sqlmodel import SQLModel

from models import approval, delivery, people, piece, reaction, registry, stop

METADATA = SQLModel.metadata
SUBJECTS = (approval, delivery, people, piece, reaction, registry, stop)
