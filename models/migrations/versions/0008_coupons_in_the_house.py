"""coupons_in_the_house

Revision 0008, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cashier',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('pin_hash', sa.String(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('locks', sa.Integer(), nullable=False),
    sa.Column('locked_until', Moment(), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('revoked_by', sa.String(), nullable=False),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('cashier', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cashier_outlet'), ['outlet'], unique=False)

    op.create_table('code_guess',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'who', 'seconds', 'since')
    )
    with op.batch_alter_table('code_guess', schema=None) as batch_op:
        batch_op.create_index('ix_code_guess_since', ['since'], unique=False)

    op.create_table('conflict_seen',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('entry_id')
    )
    op.create_table('exchange_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.Column('repeated', sa.Integer(), nullable=False),
    sa.Column('conflicts', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('first_at', Moment(), nullable=False),
    sa.Column('read_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('outlet', 'print', name='uq_exchange_file')
    )
    with op.batch_alter_table('exchange_file', schema=None) as batch_op:
        batch_op.create_index('ix_exchange_file_read', ['read_at'], unique=False)

    op.create_table('guess_alarm',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.Column('till', sa.String(), nullable=False),
    sa.Column('key_id', sa.Integer(), nullable=True),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'who', 'seconds', 'since', name='uq_guess_alarm')
    )
    with op.batch_alter_table('guess_alarm', schema=None) as batch_op:
        batch_op.create_index('ix_guess_alarm_at', ['at'], unique=False)

    op.create_table('points_program',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('terms', sa.JSON(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('till_device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('paired_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('revoked_by', sa.String(), nullable=False),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    with op.batch_alter_table('till_device', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_till_device_outlet'), ['outlet'], unique=False)

    op.create_table('till_pairing',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('till_pairing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_till_pairing_expires_at'), ['expires_at'], unique=False)

    op.create_table('cashier_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('cashier_id', sa.Integer(), nullable=False),
    sa.Column('began_at', Moment(), nullable=False),
    sa.Column('ends_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['cashier_id'], ['cashier.id'], ),
    sa.ForeignKeyConstraint(['device_id'], ['till_device.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('cashier_shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cashier_shift_cashier_id'), ['cashier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cashier_shift_device_id'), ['device_id'], unique=False)
        batch_op.create_index('uq_cashier_shift_open', ['device_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('personal_page',
    sa.Column('customer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id')
    )
    op.create_table('trade_instruction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('version_hash', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.Column('sent_to', sa.String(), nullable=False),
    sa.Column('reminded_at', Moment(), nullable=True),
    sa.Column('told_head_at', Moment(), nullable=True),
    sa.Column('confirmed_at', Moment(), nullable=True),
    sa.Column('confirmed_by', sa.String(), nullable=False),
    sa.Column('by_link', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('offer_id', 'version_hash', 'outlet', name='uq_trade_instruction')
    )
    with op.batch_alter_table('trade_instruction', schema=None) as batch_op:
        batch_op.create_index('ix_trade_instruction_outlet', ['outlet', 'id'], unique=False)

    op.create_table('points_counted',
    sa.Column('receipt_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('move_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('receipt_id')
    )
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('offer', sa.String(), server_default='', nullable=False))

    with op.batch_alter_table('till_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('coupons', sa.Boolean(), server_default=sa.false(), nullable=False))

