"""${message}

Revision ${up_revision}, made ${create_date.date()}.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% for dialect, statement in triggers:
    if op.get_bind().dialect.name == ${repr(dialect)}:
        op.get_bind().exec_driver_sql(${repr(statement)})
% endfor
