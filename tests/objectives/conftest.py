"""A strategy of the cast's task force with one update of each state."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from objectives.models import Objective, ProgressUpdate, Strategy
from tests import factories
from tests.conftest import NOW, Cast


@dataclass
class Scene:
    """The strategy and its updates; `url` reverses a URL of the app."""

    cast: Cast
    objective: Objective
    strategy: Strategy
    published: ProgressUpdate
    submitted: ProgressUpdate
    draft: ProgressUpdate

    def url(self, name: str, **kwargs: object) -> str:
        return reverse(f"objectives:{name}", kwargs=kwargs)


@pytest.fixture
def scene(cast, time_machine) -> Scene:
    time_machine.move_to(NOW)
    objective = factories.ObjectiveFactory(number=1, title="Promote data sharing")
    strategy = factories.StrategyFactory(
        objective=objective,
        body=cast.body,
        title="Publish the dashboard",
        lead_organization=cast.organization,
        responsible_person=cast.representative,
    )

    def update(**values: object) -> ProgressUpdate:
        return factories.ProgressUpdateFactory(strategy=strategy, **values)

    return Scene(
        cast,
        objective,
        strategy,
        update(author=cast.seated, state="published", narrative="The public sentence.", published_at=NOW),
        update(author=cast.secretary, state="submitted", status="at_risk", narrative="The submitted sentence.",
               submitted_at=NOW),
        update(author=cast.seated, state="draft", status="off_track", narrative="The draft sentence."),
    )  # fmt: skip


SENTENCES = ("The public sentence.", "The submitted sentence.", "The draft sentence.")


def sentences(response) -> list[str]:
    """Return which of the three sentences are on a page."""
    page = response.content.decode()
    return [sentence.split()[1] for sentence in SENTENCES if sentence in page]
