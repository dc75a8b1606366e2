"""How often a person wants what, who stands in while they are away, and when a reminder goes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone

KINDS = [
    ("meeting_ahead", "Meeting ahead"),
    ("meeting_soon", "Meeting in some hours"),
    ("rsvp_missing", "Answer to a meeting missing"),
    ("meeting_scheduled", "Meeting scheduled"),
    ("meeting_changed", "Meeting changed"),
    ("meeting_cancelled", "Meeting cancelled"),
    ("item_due", "Action item due"),
    ("item_overdue", "Action item overdue"),
    ("item_escalated", "Action item overdue for five weeks"),
    ("progress_due", "Progress update due"),
    ("progress_late", "Progress update late"),
    ("minutes_waiting", "Minutes to approve"),
    ("term_ending", "Term ending"),
    ("term_past", "Term past its end"),
    ("organization_confirm", "Organization to confirm"),
    ("mail_failed", "Mail that failed"),
]
PACES = [("off", "Off"), ("at_once", "At once"), ("daily", "In one mail a day"), ("weekly", "In one mail a week")]
STATES = [
    ("planned", "Planned"),
    ("sent", "Sent"),
    ("merged", "Sent in one mail with others"),
    ("skipped", "Skipped"),
    ("expired", "Expired"),
    ("failed", "Failed"),
    ("unknown", "Unknown"),
]
ERROR = "Choose one of the values in the list."


def go_as_planned(apps, schema_editor):
    apps.get_model("reminders", "Reminder").objects.update(send_at=F("due_at"), moot_at=F("not_after"))


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_initial"),
        ("reminders", "0002_used_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekly_cap", models.PositiveSmallIntegerField(default=7, verbose_name="mails a week at most")),
                ("away_until", models.DateField(blank=True, null=True)),
                ("chosen_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RenameField("preference", "off_since", "chosen_at"),
        migrations.AddField(
            model_name="preference",
            name="pace",
            field=models.CharField(choices=PACES, default="off", max_length=20),
        ),
        migrations.AddField(
            model_name="reminder",
            name="stands_in_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="send_at",
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reminder",
            name="moot_at",
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(go_as_planned, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="reminder", name="kind", field=models.CharField(choices=KINDS, max_length=40)
        ),
        migrations.AlterField(
            model_name="reminder",
            name="state",
            field=models.CharField(choices=STATES, default="planned", max_length=20),
        ),
        migrations.AlterField(
            model_name="preference", name="kind", field=models.CharField(choices=KINDS, max_length=40)
        ),
        migrations.RemoveConstraint(model_name="reminder", name="reminder_kind_known"),
        migrations.RemoveConstraint(model_name="reminder", name="reminder_state_known"),
        migrations.RemoveConstraint(model_name="preference", name="preference_kind_known"),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _ in KINDS]),
                name="reminder_kind_known",
                violation_error_message=ERROR,
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in STATES]),
                name="reminder_state_known",
                violation_error_message=ERROR,
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _ in KINDS]),
                name="preference_kind_known",
                violation_error_message=ERROR,
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=Q(pace__in=[pace for pace, _ in PACES]),
                name="preference_pace_known",
                violation_error_message=ERROR,
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                fields=["send_at", "recipient"],
                condition=Q(state="planned", delivery=None),
                name="reminder_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                fields=["delivery"],
                condition=Q(state="planned", delivery__isnull=False),
                name="reminder_under_way",
            ),
        ),
    ]
