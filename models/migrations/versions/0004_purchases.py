"""Purchases: receipts and their lines.

Revision 0004, made 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('whose', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('load_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_receipt_key')
    )
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.create_index('ix_receipt_at', ['at'], unique=False)
        batch_op.create_index('ix_receipt_customer', ['customer_id', 'at'], unique=False)
        batch_op.create_index('ix_receipt_whose', ['whose'], unique=False, sqlite_where=sa.text("whose <> ''"), postgresql_where=sa.text("whose <> ''"))

    op.create_table('purchase_line',
    sa.Column('receipt_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('product', sa.String(), nullable=False),
    sa.Column('product_group', sa.String(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('receipt_id', 'n')
    )
    with op.batch_alter_table('purchase_line', schema=None) as batch_op:
        batch_op.create_index('ix_purchase_line_group', ['product_group', 'receipt_id'], unique=False)

