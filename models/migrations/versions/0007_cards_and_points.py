"""cards_and_points

Revision 0007, made 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('points_balance',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('points >= 0', name='ck_points_balance'),
    sa.PrimaryKeyConstraint('customer_id')
    )
    op.create_table('points_move',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('asked', sa.BigInteger(), nullable=False),
    sa.Column('short', sa.BigInteger(), nullable=False),
    sa.Column('of', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.CheckConstraint("what IN ('earned', 'spent', 'given_back', 'taken_back', 'expired', 'corrected')", name='ck_points_move_what'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_points_move_key')
    )
    with op.batch_alter_table('points_move', schema=None) as batch_op:
        batch_op.create_index('ix_points_move_customer', ['customer_id', 'id'], unique=False)
        batch_op.create_index('ix_points_move_of', ['of'], unique=False)

    op.create_table('client_card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('replaces', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('live', 'blocked', 'replaced')", name='ck_client_card_state'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number', name='uq_client_card_number')
    )
    with op.batch_alter_table('client_card', schema=None) as batch_op:
        batch_op.create_index('ix_client_card_customer', ['customer_id'], unique=False, sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'"))

    op.create_table('points_entry',
    sa.Column('move_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['move_id'], ['points_move.id'], ),
    sa.PrimaryKeyConstraint('move_id', 'account')
    )
    op.create_table('points_lot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('move_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('left', sa.BigInteger(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('"left" >= 0', name='ck_points_lot_left'),
    sa.ForeignKeyConstraint(['move_id'], ['points_move.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('points_lot', schema=None) as batch_op:
        batch_op.create_index('ix_points_lot_customer', ['customer_id', 'id'], unique=False, sqlite_where=sa.text('"left" > 0'), postgresql_where=sa.text('"left" > 0'))
        batch_op.create_index('ix_points_lot_ends', ['ends_on'], unique=False, sqlite_where=sa.text('"left" > 0'), postgresql_where=sa.text('"left" > 0'))
        batch_op.create_index('ix_points_lot_move', ['move_id'], unique=False)

    op.create_table('points_use',
    sa.Column('move_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('back', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('back >= 0 AND back <= points', name='ck_points_use_back'),
    sa.ForeignKeyConstraint(['lot_id'], ['points_lot.id'], ),
    sa.ForeignKeyConstraint(['move_id'], ['points_move.id'], ),
    sa.PrimaryKeyConstraint('move_id', 'lot_id')
    )
