"""`manage.py load_workgroup`: the real records from four files, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.loading import workgroup


class Command(BaseCommand):
    help = "Load the workgroup, its organizations, measures and history; without an option the project's own files."

    def add_arguments(self, parser: CommandParser) -> None:
        for kind, path in workgroup.DEFAULT_FILES.items():
            parser.add_argument(f"--{kind}", metavar="F", help=f"a file like data/{path.name}")

    def handle(self, *args: Any, **options: Any) -> None:
        named = {kind: options[kind] for kind in workgroup.DEFAULT_FILES if options[kind]}
        reports = [workgroup.load(source) for source in workgroup.sources(named)]
        for report in reports:
            for problem in report.problems:
                self.stderr.write(problem)
            self.stdout.write(f"{report.name}: nothing loaded" if report.problems else str(report))
            for note in report.notes:
                self.stdout.write(f"  {note}")
        wrong = sum(len(report.problems) for report in reports)
        if wrong:
            raise CommandError(f"{wrong} {'problem' if wrong == 1 else 'problems'}. Mend the file and run this again.")
