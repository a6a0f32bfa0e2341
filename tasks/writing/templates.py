"""The templates that drafts are made from, by language and purpose. Pure.

A template is markdown in Jinja2; its first line, “# …”, is the title. Names of products stand as the feed has them, in
places where neither Russian nor English declines them. Blocks are parted by empty lines, spare ones are taken out.
"""

from models.brief import Purpose

_TITLE = "# {{ title }}"
_OFFER = "{{ offer | sentence }}"
_FACTS = "{% for fact in facts %}{{ fact | sentence }}{{ ' ' if not loop.last }}{% endfor %}"
_PARAGRAPHS = "{% for fact in facts %}\n{{ fact | sentence }}\n\n{% endfor %}"
_PRODUCTS = "{% for product in products %}\n{{ product | line }}\n{% endfor %}"
_STEPS = "{% for step in steps %}\n{{ loop.index }}. {{ step | sentence }}\n{% endfor %}"
_CALL = "{{ call_to_action | sentence }}{% if link %} [{{ more }}]({{ link }}){% endif %}"
_WHERE = """\
{% if starts %}
- **{{ when }}:** {{ starts }}
{% endif %}
{% if place %}
- **{{ where }}:** {{ place }}
{% endif %}"""
_NEEDED = "{% if products %}**{{ needed }}:**{% endif %}"
_UNTIL = {
    "ru": "{% if deadline %}Предложение действует до {{ deadline | day }} включительно.{% endif %}",
    "en": "{% if deadline %}The offer is valid until {{ deadline | day }}, this day included.{% endif %}",
}
_SIGN_UP = {
    "ru": "{% if deadline %}Записаться можно до {{ deadline | day }} включительно.{% endif %}",
    "en": "{% if deadline %}You can sign up until {{ deadline | day }}, this day included.{% endif %}",
}


def _template(*blocks: str) -> str:
    return "\n\n\n".join(blocks)  # Jinja2 takes one line break away after a block


def _of(until: str, sign_up: str) -> dict[Purpose, tuple[str, ...]]:
    return {
        "offer": (
            _template(_TITLE, _OFFER, _PRODUCTS, _FACTS, until, _CALL),
            _template(_TITLE, _FACTS, _OFFER, _PRODUCTS, _CALL, until),
        ),
        "news": (
            _template(_TITLE, _FACTS, _WHERE, _PRODUCTS, _CALL),
            _template(_TITLE, _WHERE, _FACTS, _CALL, _PRODUCTS),
        ),
        "recipe": (
            _template(_TITLE, _FACTS, _NEEDED, _PRODUCTS, _STEPS, _CALL),
            _template(_TITLE, _NEEDED, _PRODUCTS, _STEPS, _FACTS, _CALL),
        ),
        "event": (
            _template(_TITLE, _WHERE, _FACTS, _OFFER, _PRODUCTS, sign_up, _CALL),
            _template(_TITLE, _FACTS, _WHERE, _OFFER, _PRODUCTS, _CALL, sign_up),
        ),
        "story": (
            _template(_TITLE, _PARAGRAPHS, _PRODUCTS, _CALL),
            _template(_TITLE, _OFFER, _PARAGRAPHS, _CALL, _PRODUCTS),
        ),
    }


TEMPLATES = {language: _of(_UNTIL[language], _SIGN_UP[language]) for language in ("ru", "en")}

WORDS = {
    "ru": {"when": "Когда", "where": "Где", "more": "Подробнее", "needed": "Понадобится", "sold_out": "нет в наличии"},
    "en": {
        "when": "When",
        "where": "Where",
        "more": "Read more",
        "needed": "You will need",
        "sold_out": "out of stock",
    },
}
