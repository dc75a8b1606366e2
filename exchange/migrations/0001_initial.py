import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('preview', 'Waiting for your decision'), ('queued', 'About to start'), ('checking', 'In progress'), ('applied', 'Applied'), ('canceled', 'Canceled'), ('failed', 'Failed')], default='preview', max_length=20)),
                ('tables', models.JSONField(blank=True, default=list)),
                ('confirmed', models.CharField(blank=True, max_length=40)),
                ('language', models.CharField(blank=True, max_length=20)),
                ('total', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('problem', models.CharField(blank=True, max_length=500)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['preview', 'queued', 'checking', 'applied', 'canceled', 'failed'])), name='import_job_state_valid', violation_error_message='Select a value from the list.')],
            },
        ),
    ]
