"""`manage.py load_workgroup`: load the records of the workgroup from four files. Can be run any number of times."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.workgroup import sources


class Command(BaseCommand):
    help = (
        "Load the workgroup, its organizations, measures, and history. Without options, load the project's own files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for kind, path in sources.DEFAULT_FILES.items():
            parser.add_argument(f"--{kind}", metavar="F", help=f"a file in the format of data/{path.name}")

    def handle(self, *args: Any, **options: Any) -> None:
        named = {kind: options[kind] for kind in sources.DEFAULT_FILES if options[kind]}
        reports = [sources.load(source) for source in sources.select_sources(named)]
        for report in reports:
            for problem in report.problems:
                self.stderr.write(problem)
            self.stdout.write(_("%s: nothing loaded") % report.name if report.problems else str(report))
            for note in report.notes:
                self.stdout.write(f"  {note}")
        count = sum(len(report.problems) for report in reports)
        if count:
            message = ngettext(
                "%(count)d problem. Correct the file and run this command again.",
                "%(count)d problems. Correct the files and run this command again.",
                count,
            )
            raise CommandError(message % {"count": count})
