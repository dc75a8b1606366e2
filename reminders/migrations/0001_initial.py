import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('mail', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('beat_at', models.DateTimeField()),
                ('held_at', models.DateTimeField(blank=True, null=True)),
                ('hold_reason', models.CharField(blank=True, max_length=300)),
                ('gap_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HistoricalAnnouncement',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('subject', models.CharField(max_length=160, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)])),
                ('text', models.TextField(validators=[django.core.validators.MaxLengthValidator(20000)], verbose_name='text')),
                ('audience', models.JSONField(default=dict)),
                ('is_mandatory', models.BooleanField(default=False, verbose_name='required notice')),
                ('mandatory_reason', models.CharField(blank=True, max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='why it is required')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stopped_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical announcement',
                'verbose_name_plural': 'historical announcements',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='NotificationSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekly_cap', models.PositiveSmallIntegerField(default=7, verbose_name='maximum emails per week')),
                ('away_until', models.DateField(blank=True, null=True)),
                ('chosen_at', models.DateTimeField()),
                ('delegate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='UsedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('purpose', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('result_message', models.CharField(max_length=300)),
                ('used_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('subject', models.CharField(max_length=160, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)])),
                ('text', models.TextField(validators=[django.core.validators.MaxLengthValidator(20000)], verbose_name='text')),
                ('audience', models.JSONField(default=dict)),
                ('is_mandatory', models.BooleanField(default=False, verbose_name='required notice')),
                ('mandatory_reason', models.CharField(blank=True, max_length=300, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='why it is required')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stopped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_mandatory', False), models.Q(('mandatory_reason', ''), _negated=True), _connector='OR'), name='announcement_mandatory_has_a_reason', violation_error_message='Explain why this notice is required.'), models.CheckConstraint(condition=models.Q(('stopped_at', None), ('sent_at__isnull', False), _connector='OR'), name='announcement_stopped_after_sent')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('meeting_ahead', 'Upcoming meeting'), ('meeting_soon', 'Meeting starting soon'), ('rsvp_missing', 'Meeting response needed'), ('meeting_scheduled', 'Meeting scheduled'), ('meeting_changed', 'Meeting changed'), ('meeting_canceled', 'Meeting canceled'), ('item_due', 'Action item due'), ('item_overdue', 'Action item overdue'), ('item_escalated', 'Action item 5 weeks overdue'), ('progress_due', 'Progress update due'), ('progress_late', 'Progress update overdue'), ('minutes_waiting', 'Draft minutes to publish'), ('term_ending', 'Term ending'), ('term_past', 'Term expired'), ('organization_confirm', 'Confirm organization information'), ('delivery_problems', 'Email delivery problems'), ('follow_up_list', 'Weekly follow-up list (staff)'), ('announcement', 'Announcement')], max_length=40)),
                ('frequency', models.CharField(choices=[('off', 'Off'), ('immediate', 'Immediately'), ('daily', 'Daily summary'), ('weekly', 'Weekly summary')], default='off', max_length=20)),
                ('chosen_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['meeting_ahead', 'meeting_soon', 'rsvp_missing', 'meeting_scheduled', 'meeting_changed', 'meeting_canceled', 'item_due', 'item_overdue', 'item_escalated', 'progress_due', 'progress_late', 'minutes_waiting', 'term_ending', 'term_past', 'organization_confirm', 'delivery_problems', 'follow_up_list', 'announcement'])), name='preference_kind_valid', violation_error_message='Select a value from the list.'), models.CheckConstraint(condition=models.Q(('frequency__in', ['off', 'immediate', 'daily', 'weekly'])), name='preference_frequency_valid', violation_error_message='Select a value from the list.'), models.UniqueConstraint(fields=('person', 'kind'), name='unique_preference_per_person_and_kind')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=250, unique=True)),
                ('kind', models.CharField(choices=[('meeting_ahead', 'Upcoming meeting'), ('meeting_soon', 'Meeting starting soon'), ('rsvp_missing', 'Meeting response needed'), ('meeting_scheduled', 'Meeting scheduled'), ('meeting_changed', 'Meeting changed'), ('meeting_canceled', 'Meeting canceled'), ('item_due', 'Action item due'), ('item_overdue', 'Action item overdue'), ('item_escalated', 'Action item 5 weeks overdue'), ('progress_due', 'Progress update due'), ('progress_late', 'Progress update overdue'), ('minutes_waiting', 'Draft minutes to publish'), ('term_ending', 'Term ending'), ('term_past', 'Term expired'), ('organization_confirm', 'Confirm organization information'), ('delivery_problems', 'Email delivery problems'), ('follow_up_list', 'Weekly follow-up list (staff)'), ('announcement', 'Announcement')], max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('subject_version', models.CharField(max_length=60)),
                ('due_at', models.DateTimeField(db_index=True)),
                ('send_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('obsolete_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('merged', 'Sent in a summary'), ('skipped', 'Skipped'), ('expired', 'Expired'), ('failed', 'Failed'), ('unknown', 'Unknown')], default='planned', max_length=20)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('delegated_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mail.delivery')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-due_at', '-id'],
                'indexes': [models.Index(fields=['kind', 'subject_id'], name='reminder_subject'), models.Index(condition=models.Q(('delivery', None), ('state', 'planned')), fields=['send_at', 'recipient'], name='reminder_waiting'), models.Index(condition=models.Q(('delivery__isnull', False), ('state', 'planned')), fields=['delivery'], name='reminder_under_way'), models.Index(condition=models.Q(('delivery__isnull', False)), fields=['delivery'], name='reminder_delivery')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['meeting_ahead', 'meeting_soon', 'rsvp_missing', 'meeting_scheduled', 'meeting_changed', 'meeting_canceled', 'item_due', 'item_overdue', 'item_escalated', 'progress_due', 'progress_late', 'minutes_waiting', 'term_ending', 'term_past', 'organization_confirm', 'delivery_problems', 'follow_up_list', 'announcement'])), name='reminder_kind_valid', violation_error_message='Select a value from the list.'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'sent', 'merged', 'skipped', 'expired', 'failed', 'unknown'])), name='reminder_state_valid', violation_error_message='Select a value from the list.')],
            },
        ),
    ]
