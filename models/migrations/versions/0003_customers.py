"""Customers: how to reach them, what they agreed to, the stop-list, and the tables they were loaded from.

Revision 0003, made 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('consent_act',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('wording', sa.String(), nullable=False),
    sa.Column('via', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('proof', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by', sa.String(), nullable=False),
    sa.CheckConstraint("act IN ('asked', 'given', 'withdrawn')", name='ck_consent_act'),
    sa.CheckConstraint("purpose IN ('personal', 'advertising')", name='ck_consent_purpose'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_consent_act_once')
    )
    with op.batch_alter_table('consent_act', schema=None) as batch_op:
        batch_op.create_index('ix_consent_act_customer', ['customer_id', 'purpose', 'at', 'id'], unique=False)
        batch_op.create_index('ix_consent_act_print', ['print', 'purpose', 'at', 'id'], unique=False)

    op.create_table('customer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('birthday', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('load_id', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code', name='uq_customer_code'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.create_index('ix_customer_birthday', ['birthday'], unique=False)

    op.create_table('customer_load',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('loaded_by', sa.String(), nullable=False),
    sa.Column('loaded_at', Moment(), nullable=False),
    sa.Column('applied_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', name='uq_customer_load_source')
    )
    op.create_table('suppression',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('lifted_at', Moment(), nullable=True),
    sa.Column('lifted_by', sa.String(), nullable=False),
    sa.Column('lifted_why', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.create_index('ix_suppression_print', ['print', 'lifted_at'], unique=False)
        batch_op.create_index('ix_suppression_since', ['since', 'id'], unique=False)

    op.create_table('address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('customer_id', 'kind', name='uq_address_customer'),
    sa.UniqueConstraint('kind', 'value', name='uq_address_value')
    )
    with op.batch_alter_table('address', schema=None) as batch_op:
        batch_op.create_index('ix_address_print', ['print'], unique=False)

    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER consent_act_no_update BEFORE UPDATE ON consent_act BEGIN SELECT RAISE(ABORT, 'the ledger of consents is append-only: record another act'); END")
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER consent_act_no_delete BEFORE DELETE ON consent_act BEGIN SELECT RAISE(ABORT, 'the ledger of consents is append-only: record another act'); END")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql("CREATE OR REPLACE FUNCTION consent_act_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger of consents is append-only: record another act'; END $$")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('CREATE TRIGGER consent_act_append_only BEFORE UPDATE OR DELETE ON consent_act FOR EACH ROW EXECUTE FUNCTION consent_act_append_only()')
