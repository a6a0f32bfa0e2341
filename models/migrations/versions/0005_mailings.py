"""Customer groups, mailings, the ledger of letters, what came back, and who subscribes.

Revision 0005, made 2026-11-22.
"""

import sqlalchemy as sa
from alembic import op
from models.database import Moment
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('consent_wording',
    sa.Column('wording', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('first_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('wording')
    )
    op.create_table('customer_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('control_share', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(), nullable=False),
    sa.Column('no_control_why', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('changed_at', Moment(), nullable=False),
    sa.Column('archived_at', Moment(), nullable=True),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('built_as', sa.String(), nullable=False),
    sa.CheckConstraint("control_share > 0 OR no_control_why <> ''", name='ck_customer_group_no_control'),
    sa.CheckConstraint("kind IN ('rule', 'static')", name='ck_customer_group_kind'),
    sa.CheckConstraint('control_share BETWEEN 0 AND 500', name='ck_customer_group_control'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_customer_group_key')
    )
    op.create_table('customer_touched',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('customer_touched', schema=None) as batch_op:
        batch_op.create_index('ix_customer_touched_batch', ['batch', 'customer_id'], unique=False)

    op.create_table('intake_call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key_id', 'once', name='uq_intake_call')
    )
    with op.batch_alter_table('intake_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_call_at'), ['at'], unique=False)

    op.create_table('intake_word',
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('print')
    )
    op.create_table('mail_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mailing_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('robot', sa.Boolean(), nullable=False),
    sa.Column('hard', sa.Boolean(), nullable=False),
    sa.Column('link', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.CheckConstraint("what IN ('delivered', 'bounced', 'deferred', 'complained', 'opened', 'clicked', 'unsubscribed', 'replied', 'rejected')", name='ck_mail_event_what'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_mail_event_once')
    )
    with op.batch_alter_table('mail_event', schema=None) as batch_op:
        batch_op.create_index('ix_mail_event_mailing', ['mailing_id', 'what', 'at'], unique=False)
        batch_op.create_index('ix_mail_event_message', ['message_id', 'what'], unique=False)

    op.create_table('mail_lane',
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('lease_until', Moment(), nullable=True),
    sa.Column('resting_until', Moment(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('first_sent_on', sa.String(), nullable=False),
    sa.Column('cursor', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('account')
    )
    op.create_table('mail_pace',
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('day', sa.String(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('refusals', sa.Integer(), nullable=False),
    sa.Column('resting_until', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('account', 'domain')
    )
    op.create_table('mailing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('ground', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('standing', sa.Boolean(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('cascade', sa.String(), nullable=False),
    sa.Column('groups', sa.JSON(), nullable=False),
    sa.Column('campaign', sa.String(), nullable=False),
    sa.Column('goal', sa.String(), nullable=False),
    sa.Column('approved_hash', sa.String(), nullable=False),
    sa.Column('wall_time', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('by_recipient', sa.Boolean(), nullable=False),
    sa.Column('hours', sa.String(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('lateness', sa.String(), nullable=False),
    sa.Column('split', sa.JSON(), nullable=False),
    sa.Column('caps', sa.JSON(), nullable=False),
    sa.Column('resend_unknown', sa.Boolean(), nullable=False),
    sa.Column('public', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('due_at', Moment(), nullable=True),
    sa.Column('listed_at', Moment(), nullable=True),
    sa.Column('finished_at', Moment(), nullable=True),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.CheckConstraint("ground IN ('advertising', 'service')", name='ck_mailing_ground'),
    sa.CheckConstraint("stage IN ('draft', 'asked', 'approved', 'sending', 'paused', 'sent', 'cancelled')", name='ck_mailing_stage'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key', name='uq_mailing_key')
    )
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.create_index('ix_mailing_stage', ['stage', 'due_at', 'id'], unique=False)

    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('made', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('site', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('personal', sa.String(), nullable=False),
    sa.Column('advertising', sa.String(), nullable=False),
    sa.Column('network', sa.String(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('confirmed_at', Moment(), nullable=True),
    sa.Column('forgotten_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.create_index('ix_subscription_network', ['network', 'asked_at'], unique=False)
        batch_op.create_index('ix_subscription_print', ['print', 'asked_at'], unique=False)
        batch_op.create_index('ix_subscription_waiting', ['asked_at'], unique=False, sqlite_where=sa.text('confirmed_at IS NULL AND forgotten_at IS NULL'), postgresql_where=sa.text('confirmed_at IS NULL AND forgotten_at IS NULL'))

    op.create_table('group_build',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('looked_at', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('control', sa.Integer(), nullable=False),
    sa.Column('joined', sa.Integer(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.Column('open', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['customer_group.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('group_build', schema=None) as batch_op:
        batch_op.create_index('ix_group_build_group', ['group_id', 'id'], unique=False)

    op.create_table('group_correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('lifted_at', Moment(), nullable=True),
    sa.Column('lifted_by', sa.String(), nullable=False),
    sa.CheckConstraint("what IN ('added', 'removed')", name='ck_group_correction_what'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['group_id'], ['customer_group.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('group_correction', schema=None) as batch_op:
        batch_op.create_index('ix_group_correction_customer', ['customer_id'], unique=False)
        batch_op.create_index('uq_group_correction_in_force', ['group_id', 'customer_id'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('group_listed',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['group_id'], ['customer_group.id'], ),
    sa.PrimaryKeyConstraint('group_id', 'customer_id')
    )
    with op.batch_alter_table('group_listed', schema=None) as batch_op:
        batch_op.create_index('ix_group_listed_customer', ['customer_id'], unique=False)

    op.create_table('group_member',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('control', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('since', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'customer_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index('ix_group_member_customer', ['customer_id', 'group_id', 'control'], unique=False)

    op.create_table('group_turn',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('build_id', sa.Integer(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.CheckConstraint("what IN ('joined', 'left')", name='ck_group_turn_what'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('group_turn', schema=None) as batch_op:
        batch_op.create_index('ix_group_turn_customer', ['customer_id', 'group_id'], unique=False)

    op.create_table('group_version',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('control_share', sa.Integer(), nullable=False),
    sa.Column('no_control_why', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['customer_group.id'], ),
    sa.PrimaryKeyConstraint('group_id', 'version')
    )
    op.create_table('mailing_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailing_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('compiled', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('mailing_id', 'n', name='uq_mailing_version')
    )
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mailing_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('occasion', sa.String(), nullable=False),
    sa.Column('print', sa.String(), nullable=False),
    sa.Column('variant', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('planned', 'claimed', 'intent', 'sent', 'confirmed', 'rejected', 'unknown', 'cancelled', 'missed', 'held')", name='ck_message_state'),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('mailing_id', 'customer_id', 'kind', 'occasion', name='uq_message_once')
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_air', ['account'], unique=False, sqlite_where=sa.text("state = 'intent'"), postgresql_where=sa.text("state = 'intent'"))
        batch_op.create_index('ix_message_customer', ['customer_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_message_doubt', ['state', 'mailing_id'], unique=False, sqlite_where=sa.text("state = 'unknown'"), postgresql_where=sa.text("state = 'unknown'"))
        batch_op.create_index('ix_message_due', ['mailing_id', 'account', 'domain', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
        batch_op.create_index('ix_message_mailing', ['mailing_id', 'state', 'variant'], unique=False)
        batch_op.create_index('ix_message_remote', ['remote_id'], unique=False, sqlite_where=sa.text("remote_id <> ''"), postgresql_where=sa.text("remote_id <> ''"))
        batch_op.create_index('ix_message_sent', ['mailing_id', 'sent_at'], unique=False, sqlite_where=sa.text('sent_at IS NOT NULL'), postgresql_where=sa.text('sent_at IS NOT NULL'))

    op.create_table('mail_link',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('variant', sa.String(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['mailing_version.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version_id', 'variant', 'n')
    )
    op.create_table('mail_test',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=False),
    sa.Column('mailing_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('variant', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('planned', 'claimed', 'intent', 'sent', 'confirmed', 'rejected', 'unknown', 'cancelled', 'missed', 'held')", name='ck_mail_test_state'),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['mailing_version.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('once', name='uq_mail_test_once')
    )
    with op.batch_alter_table('mail_test', schema=None) as batch_op:
        batch_op.create_index('ix_mail_test_version', ['version_id'], unique=False)

    with op.batch_alter_table('address', schema=None) as batch_op:
        batch_op.create_index('ix_address_open', ['customer_id', 'kind'], unique=False, sqlite_where=sa.text('open = 1'), postgresql_where=sa.text('open'))

    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_receipt_customer'))
        batch_op.create_index('ix_receipt_customer', ['customer_id', 'at', 'amount'], unique=False)

    with op.batch_alter_table('till_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('intake', sa.Boolean(), server_default=sa.false(), nullable=False))

    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER group_turn_no_update BEFORE UPDATE ON group_turn BEGIN SELECT RAISE(ABORT, 'the history of groups is append-only'); END")
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER group_turn_no_delete BEFORE DELETE ON group_turn WHEN EXISTS (SELECT 1 FROM customer WHERE id = OLD.customer_id) BEGIN SELECT RAISE(ABORT, 'the history of groups is append-only'); END")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql("CREATE OR REPLACE FUNCTION group_turn_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM customer WHERE id = OLD.customer_id) THEN RETURN OLD; END IF; RAISE EXCEPTION 'the history of groups is append-only'; END $$")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('CREATE TRIGGER group_turn_append_only BEFORE UPDATE OR DELETE ON group_turn FOR EACH ROW EXECUTE FUNCTION group_turn_append_only()')
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER group_version_no_update BEFORE UPDATE ON group_version BEGIN SELECT RAISE(ABORT, 'the history of groups is append-only'); END")
    if op.get_bind().dialect.name == 'sqlite':
        op.get_bind().exec_driver_sql("CREATE TRIGGER group_version_no_delete BEFORE DELETE ON group_version BEGIN SELECT RAISE(ABORT, 'the history of groups is append-only'); END")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql("CREATE OR REPLACE FUNCTION group_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the history of groups is append-only'; END $$")
    if op.get_bind().dialect.name == 'postgresql':
        op.get_bind().exec_driver_sql('CREATE TRIGGER group_version_append_only BEFORE UPDATE OR DELETE ON group_version FOR EACH ROW EXECUTE FUNCTION group_version_append_only()')
