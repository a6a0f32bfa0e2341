from models.registry import METRICS
from tasks.reactions.metrics import REGISTRY, named


def test_every_name_leads_to_a_metric_of_the_registry() -> None:
    assert set(REGISTRY.values()) <= set(METRICS)


def test_providers_names_become_the_registrys_and_what_is_absent_stays_absent() -> None:
    assert named({"reach_total": 90, "likes": 0, "hide": 1, "links": 4}) == {"reach": 90, "likes": 0}
    assert named({}) == {}
