import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('meetings', '0001_initial'),
        ('members', '0001_initial'),
        ('objectives', '0001_initial'),
        ('taskforces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalActionItem',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('text', models.CharField(max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='what')),
                ('detail', models.TextField(blank=True, verbose_name='details')),
                ('due_on', models.DateField(verbose_name='due')),
                ('status', models.CharField(choices=[('open', 'Open'), ('in_progress', 'In progress'), ('blocked', 'Blocked'), ('done', 'Done'), ('canceled', 'Canceled')], default='open', max_length=20, verbose_name='status')),
                ('status_note', models.CharField(blank=True, max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='note')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('body', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='taskforces.body', verbose_name='body')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('objective', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='objectives.objective', verbose_name='objective')),
                ('origin_meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='meetings.meeting')),
                ('owner_organization', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.organization', verbose_name='owner organization')),
                ('owner_person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'historical action item',
                'verbose_name_plural': 'historical action items',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('text', models.CharField(max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='what')),
                ('detail', models.TextField(blank=True, verbose_name='details')),
                ('due_on', models.DateField(verbose_name='due')),
                ('status', models.CharField(choices=[('open', 'Open'), ('in_progress', 'In progress'), ('blocked', 'Blocked'), ('done', 'Done'), ('canceled', 'Canceled')], default='open', max_length=20, verbose_name='status')),
                ('status_note', models.CharField(blank=True, max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='note')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taskforces.body', verbose_name='body')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('objective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='objectives.objective', verbose_name='objective')),
                ('origin_meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meetings.meeting')),
                ('owner_organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organization', verbose_name='owner organization')),
                ('owner_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'action item',
                'verbose_name_plural': 'action items',
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(fields=['due_on', 'id'], name='action_item_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['open', 'in_progress', 'blocked', 'done', 'canceled'])), name='action_item_status_valid', violation_error_message='Select a value from the list.'), models.CheckConstraint(condition=models.Q(('owner_organization__isnull', False), ('owner_person__isnull', False), _connector='OR'), name='action_item_has_owner', violation_error_message='Select an owner: a person, an organization, or both.'), models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('done_on', None)), _connector='OR'), name='action_item_done_has_date')],
            },
        ),
    ]
