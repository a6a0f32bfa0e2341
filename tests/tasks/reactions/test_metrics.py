from models.registry import METRICS
from tasks.reactions.metrics import OURS, RECORDED, named, recorded


def test_every_name_leads_to_a_metric_of_the_registry() -> None:
    assert set(OURS.values()) <= set(RECORDED) <= set(METRICS)


def test_providers_names_become_ours_and_what_is_absent_stays_absent() -> None:
    assert named({"reach_total": 90, "likes": 0, "hide": 1}) == {"reach": 90, "likes": 0, "hide": 1}
    assert recorded({"reach_total": 90, "likes": 0, "hide": 1, "links": 4}) == {"reach": 90, "likes": 0}
    assert named({}) == recorded({}) == {}
