"""Offers, coupons, redemptions and the counters that limits are kept by, journals of offline tills.

Revision 0006, made 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('coupon_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('goal', sa.String(), nullable=False),
    sa.Column('fund', sa.String(), nullable=False),
    sa.Column('approved_hash', sa.String(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('starts_at', Moment(), nullable=True),
    sa.Column('ends_at', Moment(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=True),
    sa.CheckConstraint("stage IN ('draft', 'asked', 'open', 'stopped', 'ended')", name='ck_offer_stage'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_offer_key')
    )
    with op.batch_alter_table('coupon_offer', schema=None) as batch_op:
        batch_op.create_index('ix_offer_stage', ['stage', 'ends_at'], unique=False)

    op.create_table('journal_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('till', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('sale', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('conflicts', sa.JSON(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('came_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('till', 'key', name='uq_journal_entry')
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entry_came', ['came_at'], unique=False)
        batch_op.create_index('ix_journal_entry_sale', ['sale'], unique=False)

    op.create_table('coupon_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('made', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_coupon_batch_once')
    )
    with op.batch_alter_table('coupon_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coupon_batch_offer_id'), ['offer_id'], unique=False)

    op.create_table('offer_counter',
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False),
    sa.Column('held', sa.BigInteger(), nullable=False),
    sa.Column('most', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('used >= 0 AND held >= 0', name='ck_offer_counter'),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ),
    sa.PrimaryKeyConstraint('offer_id', 'kind', 'scope')
    )
    op.create_table('offer_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('terms', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('offer_id', 'n', name='uq_offer_version')
    )
    op.create_table('coupon',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('replaces', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ends_at', Moment(), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.CheckConstraint("state IN ('live', 'stopped', 'replaced')", name='ck_coupon_state'),
    sa.CheckConstraint('used >= 0 AND held >= 0', name='ck_coupon_counts'),
    sa.ForeignKeyConstraint(['batch_id'], ['coupon_batch.id'], ),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code', name='uq_coupon_code')
    )
    with op.batch_alter_table('coupon', schema=None) as batch_op:
        batch_op.create_index('ix_coupon_batch', ['batch_id', 'id'], unique=False)
        batch_op.create_index('ix_coupon_customer', ['customer_id', 'offer_id'], unique=False)
        batch_op.create_index('ix_coupon_offer', ['offer_id', 'id'], unique=False)

    op.create_table('offer_arm',
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('arm', sa.String(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['coupon_batch.id'], ),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ),
    sa.PrimaryKeyConstraint('offer_id', 'customer_id')
    )
    with op.batch_alter_table('offer_arm', schema=None) as batch_op:
        batch_op.create_index('ix_offer_arm_customer', ['customer_id'], unique=False)

    op.create_table('coupon_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('coupon_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['coupon_id'], ['coupon.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('coupon_event', schema=None) as batch_op:
        batch_op.create_index('ix_coupon_event_coupon', ['coupon_id', 'id'], unique=False)
        batch_op.create_index('ix_coupon_event_offer', ['offer_id', 'at'], unique=False)

    op.create_table('redemption',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('till', sa.String(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('coupon_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('whose', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('cashier', sa.String(), nullable=False),
    sa.Column('receipt', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('conflict', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('base', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('back', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('until', Moment(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('held', 'redeemed', 'released', 'returned')", name='ck_redemption_state'),
    sa.ForeignKeyConstraint(['coupon_id'], ['coupon.id'], ),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['offer_id'], ['coupon_offer.id'], ),
    sa.ForeignKeyConstraint(['version_id'], ['offer_version.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('till', 'key', 'coupon_id', name='uq_redemption_key'),
    sa.UniqueConstraint('till', 'key', 'n', name='uq_redemption_call')
    )
    with op.batch_alter_table('redemption', schema=None) as batch_op:
        batch_op.create_index('ix_redemption_coupon', ['coupon_id', 'id'], unique=False)
        batch_op.create_index('ix_redemption_offer', ['offer_id', 'at'], unique=False)
        batch_op.create_index('ix_redemption_open', ['until'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.create_index('ix_redemption_receipt', ['outlet', 'receipt'], unique=False)

    op.create_table('redemption_return',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('till', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('till', 'key', 'n', name='uq_redemption_return')
    )
    with op.batch_alter_table('redemption_return', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_redemption_return_redemption_id'), ['redemption_id'], unique=False)

    op.create_table('redemption_take',
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], ),
    sa.PrimaryKeyConstraint('redemption_id', 'kind', 'scope')
    )
    with op.batch_alter_table('redemption_take', schema=None) as batch_op:
        batch_op.create_index('ix_redemption_take_counter', ['offer_id', 'kind', 'scope'], unique=False)

