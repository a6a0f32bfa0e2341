"""The desk: orders, dropped files, texts by hand, comments, outsiders; what former rows say of it is filled in.

Revision 0002, made 2026-11-22.
"""

import hashlib
import json
from collections import Counter

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    op.create_table('conclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('follows', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('said_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_conclusion_once'),
    sa.UniqueConstraint('period', 'follows', name='uq_conclusion_follows')
    )
    op.create_table('dropped_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('seen', sa.String(), nullable=False),
    sa.Column('found', sa.JSON(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('refusal', sa.JSON(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('dropped_by', sa.String(), nullable=False),
    sa.Column('dropped_at', Moment(), nullable=False),
    sa.Column('beat_at', Moment(), nullable=True),
    sa.Column('applied_by', sa.String(), nullable=False),
    sa.Column('applied_at', Moment(), nullable=True),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('received', 'reading', 'read', 'refused', 'applying', 'applied', 'left')", name='ck_dropped_file_state'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_dropped_file_once')
    )
    with op.batch_alter_table('dropped_file', schema=None) as batch_op:
        batch_op.create_index('ix_dropped_file_dropped', ['dropped_at'], unique=False)
        batch_op.create_index('ix_dropped_file_state', ['kind', 'state'], unique=False)

    op.create_table('given_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('form', sa.JSON(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('by_run', sa.Boolean(), nullable=False),
    sa.Column('given_at', Moment(), nullable=False),
    sa.Column('carried_out_at', Moment(), nullable=True),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('run_state', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', Moment(), nullable=False),
    sa.Column('ended_as', sa.String(), nullable=False),
    sa.Column('remarks', sa.String(), nullable=False),
    sa.CheckConstraint("run_state IN ('wanted', 'started', 'over', 'lost')", name='ck_given_order_run'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_given_order_once')
    )
    with op.batch_alter_table('given_order', schema=None) as batch_op:
        batch_op.create_index('ix_given_order_code', ['code', 'id'], unique=False)
        batch_op.create_index('ix_given_order_person', ['person', 'given_at', 'id'], unique=False)
        batch_op.create_index('ix_given_order_run', ['run_state', 'id'], unique=False, sqlite_where=sa.text("run_state IN ('wanted', 'started')"), postgresql_where=sa.text("run_state IN ('wanted', 'started')"))
        batch_op.create_index('ix_given_order_subject', ['subject_kind', 'subject_id', 'id'], unique=False)

    op.create_table('till_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('key_hash', sa.String(), nullable=False),
    sa.Column('ends_in', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.Column('revoked_by', sa.String(), nullable=False),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key_hash')
    )
    with op.batch_alter_table('till_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_till_key_outlet'), ['outlet'], unique=False)

    op.create_table('hand_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('body_hash', sa.String(), nullable=False),
    sa.Column('file_text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['piece_id'], ['piece.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('piece_id', 'account', name='uq_hand_version')
    )
    op.create_table('piece_comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['piece_id'], ['piece.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once')
    )
    with op.batch_alter_table('piece_comment', schema=None) as batch_op:
        batch_op.create_index('ix_piece_comment_person', ['person', 'at', 'id'], unique=False)
        batch_op.create_index('ix_piece_comment_piece', ['piece_id', 'id'], unique=False)

    op.create_table('review_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=True),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.Column('revoked_by', sa.String(), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('notice_key', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['approval_request.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    with op.batch_alter_table('review_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_link_made_by'), ['made_by'], unique=False)

    op.create_table('passed_on',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('to_kind', sa.String(), nullable=False),
    sa.Column('to_key', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('written', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('comment_id', 'to_kind', 'to_key', name='uq_passed_on')
    )
    op.create_table('review_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['review_link.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('link_id', 'subject', name='uq_review_row')
    )
    with op.batch_alter_table('review_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_row_subject'), ['subject'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.create_index('ix_approval_person', ['person', 'decided_at', 'id'], unique=False)

    with op.batch_alter_table('approval_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asking', sa.String(), nullable=False, server_default='before'))

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answered_by', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('ix_comment_waiting', ['answer_by'], unique=False, sqlite_where=sa.text('question AND answered_at IS NULL'), postgresql_where=sa.text('question AND answered_at IS NULL'))

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hurried', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.create_index('ix_delivery_day', ['due_at'], unique=False, sqlite_where=sa.text("kind = 'placement'"), postgresql_where=sa.text("kind = 'placement'"))

    with op.batch_alter_table('live_check', schema=None) as batch_op:
        batch_op.drop_index('ix_live_check_open')
        batch_op.create_index('ix_live_check_delivery', ['delivery_id'], unique=False)
        batch_op.create_index('ix_live_check_waiting', ['found_at'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(), nullable=False, server_default=''))

    with op.batch_alter_table('occasion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('added_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('hidden_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('hidden_why', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('hidden_at', Moment(), nullable=True))
        batch_op.create_index('ix_occasion_on', ['on_date'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_new', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('piece', schema=None) as batch_op:
        batch_op.add_column(sa.Column('loaded', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('edited', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.create_index('ix_piece_campaign', ['campaign'], unique=False)

    with op.batch_alter_table('piece_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('body_hash', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('plan', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('ix_piece_version_by', ['made_by', 'made_at', 'id'], unique=False)

    with op.batch_alter_table('plan_load', schema=None) as batch_op:
        batch_op.create_index('ix_plan_load_by', ['loaded_by', 'loaded_at', 'id'], unique=False)

    with op.batch_alter_table('stop_order', schema=None) as batch_op:
        batch_op.create_index('ix_stop_order_pulled', ['pulled_by', 'pulled_at', 'id'], unique=False)
        batch_op.create_index('ix_stop_order_released', ['released_by', 'released_at', 'id'], unique=False)

    with op.batch_alter_table('rendition', schema=None) as batch_op:
        batch_op.create_index('ix_rendition_hash', ['content_hash'], unique=False)

    _fill_versions()
    _count_loads()


def _fill_versions() -> None:
    """A version of before says when its piece was planned as the piece does now, and has the print of its text."""
    op.execute("UPDATE piece_version SET plan = (SELECT plan FROM piece WHERE piece.id = piece_version.piece_id)")
    version = sa.table('piece_version', sa.column('id', sa.Integer()), sa.column('content', sa.JSON()),
                       sa.column('body_hash', sa.String()))
    bind = op.get_bind()
    last = 0
    while rows := bind.execute(sa.select(version.c.id, version.c.content).where(version.c.id > last)
                               .order_by(version.c.id).limit(AT_ONCE)).all():
        prints = [{'of': id, 'print': _print(content.get('body', ''))} for id, content in rows]
        bind.execute(sa.update(version).where(version.c.id == sa.bindparam('of'))
                     .values(body_hash=sa.bindparam('print')), prints)
        last = rows[-1].id


def _count_loads() -> None:
    """What a loading of the plan came to is counted beside its sentences, so that a list need not read them."""
    load = sa.table('plan_load', sa.column('id', sa.Integer()), sa.column('difference', sa.JSON()),
                    sa.column('problems', sa.JSON()))
    bind = op.get_bind()
    for id in bind.execute(sa.select(load.c.id)).scalars().all():
        difference, problems = bind.execute(sa.select(load.c.difference, load.c.problems).where(load.c.id == id)).one()
        counts = Counter(change['kind'] for change in difference.get('changes', ()))
        said = {**difference, 'counts': {**counts, 'problems': len(problems)}}
        bind.execute(sa.update(load).where(load.c.id == id).values(difference=said))


def _print(text: str) -> str:
    return hashlib.sha256(json.dumps(text, ensure_ascii=False).encode()).hexdigest()
