"""first

Revision 0001, made 2026-11-21.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('from_date', sa.String(), nullable=False),
    sa.Column('to_date', sa.String(), nullable=False),
    sa.Column('deputy', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_person'), ['person'], unique=False)

    op.create_table('account_state',
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('paused_until', Moment(), nullable=True),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('cursor', sa.String(), nullable=False),
    sa.Column('recommended_slots', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('account')
    )
    op.create_table('approval_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('asked_of', sa.String(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('reminded_at', Moment(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    op.create_table('audience_snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('taken_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('account', 'metric', 'taken_at', name='uq_audience_snapshot')
    )
    op.create_table('candidate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_ref', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('licence', sa.String(), nullable=False),
    sa.Column('published_at', Moment(), nullable=True),
    sa.Column('found_at', Moment(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('why', sa.JSON(), nullable=False),
    sa.Column('copies', sa.JSON(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'source_ref', name='uq_candidate')
    )
    op.create_table('comment_thread',
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('thread', sa.String(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account', 'thread')
    )
    op.create_table('credential',
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('refreshed_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('account')
    )
    op.create_table('delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('content_id', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('approved_hash', sa.String(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=True),
    sa.Column('repeatable', sa.Boolean(), nullable=False),
    sa.Column('wall_time', sa.String(), nullable=False),
    sa.Column('plan_wall', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('late_at', Moment(), nullable=True),
    sa.Column('lateness', sa.String(), nullable=False),
    sa.Column('heeds_quiet_hours', sa.Boolean(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('lease_until', Moment(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', Moment(), nullable=True),
    sa.Column('first_intent_at', Moment(), nullable=True),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('told', sa.String(), nullable=False),
    sa.Column('run_key', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'claimed', 'intent', 'sent', 'confirmed', 'rejected', 'unknown', 'cancelled', 'missed', 'held')", name='ck_delivery_state'),
    sa.ForeignKeyConstraint(['base_id'], ['delivery.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_delivery_key')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_announced', ['state', 'run_id', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_base_id'), ['base_id'], unique=False)
        batch_op.create_index('ix_delivery_due', ['state', 'kind', 'account', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_delivery_late', ['state', 'kind', 'late_at'], unique=False)
        batch_op.create_index('ix_delivery_lease', ['state', 'lease_until'], unique=False)
        batch_op.create_index('ix_delivery_subject', ['subject_kind', 'subject_id'], unique=False)
        batch_op.create_index('ix_delivery_unapproved', ['kind', 'due_at'], unique=False, sqlite_where=sa.text("state = 'planned' AND (approved_hash = '' OR approved_hash <> content_hash)"), postgresql_where=sa.text("state = 'planned' AND (approved_hash = '' OR approved_hash <> content_hash)"))

    op.create_table('fact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('operation', sa.String(), nullable=False),
    sa.Column('direction', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('placement', sa.String(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('goal', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('customer_group', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('product_group', sa.String(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('fund', sa.String(), nullable=False),
    sa.Column('observed_at', Moment(), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=True),
    sa.Column('period_to', sa.Date(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('run', sa.String(), nullable=False),
    sa.Column('corrects_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', Moment(), nullable=False),
    sa.CheckConstraint("direction IN ('A', 'B', 'C', 'M')", name='ck_fact_direction'),
    sa.CheckConstraint('value IS NOT NULL OR corrects_id IS NOT NULL', name='ck_fact_value'),
    sa.ForeignKeyConstraint(['corrects_id'], ['fact.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('corrects_id', name='uq_fact_corrects'),
    sa.UniqueConstraint('key', name='uq_fact_key')
    )
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.create_index('ix_fact_campaign', ['campaign', 'observed_at'], unique=False)
        batch_op.create_index('ix_fact_cost', ['observed_at', 'fund'], unique=False, sqlite_where=sa.text('cost IS NOT NULL'), postgresql_where=sa.text('cost IS NOT NULL'))
        batch_op.create_index('ix_fact_metric', ['metric', 'observed_at'], unique=False)
        batch_op.create_index('ix_fact_observed', ['observed_at'], unique=False)
        batch_op.create_index('ix_fact_origin', ['origin'], unique=False, sqlite_where=sa.text("origin <> ''"), postgresql_where=sa.text("origin <> ''"))
        batch_op.create_index('ix_fact_placement', ['placement'], unique=False)
        batch_op.create_index('ix_fact_subject', ['subject_id', 'metric', 'observed_at'], unique=False)

    op.create_table('feed_state',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('etag', sa.String(), nullable=False),
    sa.Column('last_modified', sa.String(), nullable=False),
    sa.Column('fetched_at', Moment(), nullable=True),
    sa.Column('problem', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('house_mark',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('invitation',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    op.create_table('occasion',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('on_date', sa.String(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('importance', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=True),
    sa.Column('found_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('offer',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('old_price', sa.Integer(), nullable=True),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('category_ids', sa.JSON(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('picture', sa.String(), nullable=False),
    sa.Column('available', sa.Boolean(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('read_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('handle', sa.String(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('credential_id')
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_person'), ['person'], unique=False)

    op.create_table('passkey_challenge',
    sa.Column('challenge_hash', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('put_to', sa.String(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('challenge_hash')
    )
    with op.batch_alter_table('passkey_challenge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_challenge_expires_at'), ['expires_at'], unique=False)

    op.create_table('person',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('telegram', sa.String(), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('deputy', sa.String(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('piece',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_ref', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('customer_group', sa.String(), nullable=False),
    sa.Column('group_overruled', sa.Boolean(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('goal', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('row_hash', sa.String(), nullable=False),
    sa.Column('archived', sa.Boolean(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number', name='uq_piece_number'),
    sa.UniqueConstraint('source', 'source_ref', name='uq_piece_source')
    )
    op.create_table('plan_load',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('difference', sa.JSON(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('loaded_by', sa.String(), nullable=False),
    sa.Column('loaded_at', Moment(), nullable=False),
    sa.Column('applied_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_attempt_who'), ['who'], unique=False)

    op.create_table('stop_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('scope_key', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('pulled_by', sa.String(), nullable=False),
    sa.Column('pulled_at', Moment(), nullable=False),
    sa.Column('released_by', sa.String(), nullable=False),
    sa.Column('released_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('stop_order', schema=None) as batch_op:
        batch_op.create_index('uq_stop_in_force', ['scope', 'scope_key'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('tracked_link',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('code')
    )
    with op.batch_alter_table('tracked_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tracked_link_piece_id'), ['piece_id'], unique=False)

    op.create_table('visit',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('hour', Moment(), nullable=False),
    sa.Column('robot', sa.Boolean(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key', 'hour', 'robot')
    )
    op.create_table('web_session',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('csrf', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_person'), ['person'], unique=False)

    op.create_table('approval',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('proven', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['approval_request.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('subject', 'version', 'step', name='uq_approval')
    )
    op.create_table('approval_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('shown', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['approval_request.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('request_id', 'subject', name='uq_approval_row')
    )
    with op.batch_alter_table('approval_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_approval_row_subject'), ['subject'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('author_key', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('question', sa.Boolean(), nullable=False),
    sa.Column('written_at', Moment(), nullable=False),
    sa.Column('answer_by', Moment(), nullable=True),
    sa.Column('answered_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('account', 'remote_id', name='uq_comment')
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_delivery_id'), ['delivery_id'], unique=False)

    op.create_table('live_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('seen_hash', sa.String(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('found_at', Moment(), nullable=False),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('live_check', schema=None) as batch_op:
        batch_op.create_index('ix_live_check_open', ['delivery_id', 'state'], unique=False)

    op.create_table('part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('repeatable', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('planned', 'claimed', 'intent', 'sent', 'confirmed', 'rejected', 'unknown', 'cancelled', 'missed', 'held')", name='ck_part_state'),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('delivery_id', 'ordinal', name='uq_part_order')
    )
    op.create_table('piece_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('source_hash', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('styled', sa.Boolean(), nullable=False),
    sa.Column('corrections', sa.JSON(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['piece_id'], ['piece.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('piece_id', 'ordinal', name='uq_piece_version')
    )
    with op.batch_alter_table('piece_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_piece_version_piece_id'), ['piece_id'], unique=False)

    op.create_table('rendition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('post', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['piece_id'], ['piece.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('piece_id', 'account', 'content_hash', name='uq_rendition')
    )
    with op.batch_alter_table('rendition', schema=None) as batch_op:
        batch_op.create_index('ix_rendition_version', ['version_id'], unique=False)

    op.create_table('snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('taken_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('delivery_id', 'metric', 'taken_at', name='uq_snapshot')
    )
    op.create_table('watch',
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('reactions_at', Moment(), nullable=True),
    sa.Column('check_at', Moment(), nullable=True),
    sa.Column('reactions_taken_at', Moment(), nullable=True),
    sa.Column('checked_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('delivery_id')
    )
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watch_check_at'), ['check_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_watch_reactions_at'), ['reactions_at'], unique=False)

    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER fact_no_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'the registry is append-only: record a correction'); END")
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER fact_no_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'the registry is append-only: record a correction'); END")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql("CREATE OR REPLACE FUNCTION fact_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the registry is append-only: record a correction'; END $$")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION fact_append_only()')
