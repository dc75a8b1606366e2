import core.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email')),
                ('name', models.CharField(max_length=120, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='name')),
                ('position', models.CharField(blank=True, max_length=160, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='position')),
                ('phone', models.CharField(blank=True, max_length=40, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='phone')),
                ('time_zone', models.CharField(blank=True, max_length=60, validators=[core.validators.check_zone], verbose_name='time zone')),
                ('assistant_name', models.CharField(blank=True, max_length=120, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name="assistant's name")),
                ('assistant_email', models.EmailField(blank=True, help_text='The assistant gets copies of notices. Each copy names the person it is for, and no link in it signs in or answers for them.', max_length=254, verbose_name="assistant's email")),
                ('portal_role', models.CharField(choices=[('none', 'None'), ('staff', 'Workgroup staff'), ('administrator', 'Administrator')], default='none', max_length=20, verbose_name='portal role')),
                ('can_sign_in', models.BooleanField(default=False, verbose_name='can sign in')),
                ('is_active', models.BooleanField(default=True, verbose_name='account is open')),
                ('is_demonstration', models.BooleanField(default=False, editable=False)),
                ('last_seen_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last seen')),
                ('session_version', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['name', 'email'],
                'constraints': [models.CheckConstraint(condition=models.Q(('portal_role__in', ['none', 'staff', 'administrator'])), name='person_portal_role_valid', violation_error_message='Select a value from the list.'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='person_email_lower_case'), models.CheckConstraint(condition=models.Q(('assistant_email', django.db.models.functions.text.Lower('assistant_email'))), name='person_assistant_email_lower_case'), models.CheckConstraint(condition=models.Q(('assistant_email', ''), models.Q(('assistant_email', models.F('email')), _negated=True), _connector='OR'), name='person_is_not_their_own_assistant', violation_error_message="This is the person's own address. Enter the assistant's.")],
            },
        ),
        migrations.CreateModel(
            name='HistoricalPerson',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('email', models.EmailField(db_index=True, max_length=254, verbose_name='email')),
                ('name', models.CharField(max_length=120, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='name')),
                ('position', models.CharField(blank=True, max_length=160, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='position')),
                ('phone', models.CharField(blank=True, max_length=40, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name='phone')),
                ('time_zone', models.CharField(blank=True, max_length=60, validators=[core.validators.check_zone], verbose_name='time zone')),
                ('assistant_name', models.CharField(blank=True, max_length=120, validators=[django.core.validators.RegexValidator('[\\r\\n\\x00]', 'Write this on one line.', inverse_match=True)], verbose_name="assistant's name")),
                ('assistant_email', models.EmailField(blank=True, help_text='The assistant gets copies of notices. Each copy names the person it is for, and no link in it signs in or answers for them.', max_length=254, verbose_name="assistant's email")),
                ('portal_role', models.CharField(choices=[('none', 'None'), ('staff', 'Workgroup staff'), ('administrator', 'Administrator')], default='none', max_length=20, verbose_name='portal role')),
                ('can_sign_in', models.BooleanField(default=False, verbose_name='can sign in')),
                ('is_active', models.BooleanField(default=True, verbose_name='account is open')),
                ('is_demonstration', models.BooleanField(default=False, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical person',
                'verbose_name_plural': 'historical people',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed_in', 'Signed in'), ('sign_in_failed', 'Sign-in failed'), ('signed_out', 'Signed out'), ('password_changed', 'Password changed'), ('factor_added', 'Two-step verification method added'), ('factor_removed', 'Two-step verification method removed'), ('recovery_codes_made', 'New recovery codes created'), ('sign_on_linked', 'Single sign-on linked'), ('sign_on_unlinked', 'Single sign-on unlinked'), ('role_changed', 'Portal role changed'), ('sign_in_allowed', 'Sign-in allowed'), ('deactivated', 'Account closed'), ('reactivated', 'Account reopened'), ('address_changed', 'Email address changed'), ('invited', 'Invitation sent'), ('invitation_accepted', 'Invitation accepted'), ('invitation_revoked', 'Invitation revoked'), ('exported', 'Data exported'), ('contact_removed', 'Contact information removed'), ('hold_placed', 'Legal hold placed'), ('hold_lifted', 'Legal hold lifted'), ('view_started', 'Started viewing as this person'), ('view_ended', 'Stopped viewing as this person')], max_length=30, verbose_name='event')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='IP address')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'security event',
                'verbose_name_plural': 'security events',
                'ordering': ['-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'sign_in_failed', 'signed_out', 'password_changed', 'factor_added', 'factor_removed', 'recovery_codes_made', 'sign_on_linked', 'sign_on_unlinked', 'role_changed', 'sign_in_allowed', 'deactivated', 'reactivated', 'address_changed', 'invited', 'invitation_accepted', 'invitation_revoked', 'exported', 'contact_removed', 'hold_placed', 'hold_lifted', 'view_started', 'view_ended'])), name='security_event_kind_valid', violation_error_message='Select a value from the list.')],
            },
        ),
    ]
