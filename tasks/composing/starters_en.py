"""The letters to begin from, in English. Pure."""

from collections.abc import Callable

from models.mail_document import (
    Block,
    Button,
    Column,
    Columns,
    Coupon,
    Divider,
    Heading,
    Products,
    Prose,
    ShownTo,
    Signature,
    Spacer,
)

Written = tuple[str, str, tuple[Block, ...]]
HELLO = 'Hello {{ name | first | default("friends") }},'


def news(site: str) -> Written:
    return (
        '{{ name | first | default("Friends") }}, the news in short',
        "What has changed this month, and why to drop in this week",
        (
            Heading(id="title", text="[The main news in one line]", band="accent", align="center"),
            Prose(
                id="hello", text=f"{HELLO}\n\n[Two or three sentences: what happened and what the reader has of it.]"
            ),
            Button(id="read", label="Read on the site", link=f"{site}/"),
            Divider(id="line"),
            Heading(id="also", text="And also", level=2),
            Columns(
                id="short",
                columns=(
                    Column(
                        blocks=(
                            Heading(text="[A shorter piece of news]", level=3),
                            Prose(text="[What it is about, in one sentence.]"),
                        )
                    ),
                    Column(
                        blocks=(
                            Heading(text="[And one more]", level=3),
                            Prose(text="[What it is about, in one sentence.]"),
                        )
                    ),
                ),
            ),
            Spacer(id="space", height=16),
        ),
    )


def offer(site: str) -> Written:
    return (
        '{{ name | first | default("Friends") }}, the offer of the week: until Sunday',
        "A few things at a good price while they last",
        (
            Heading(id="title", text="Offer of the week", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nEvery week we pick what is worth trying right now. "
                "Here is this week's choice: the prices hold until Sunday, this day included.",
            ),
            Products(id="products", top=4, across=2, button="Choose"),
            Button(id="all", label="All offers of the week", link=f"{site}/"),
            Prose(id="terms", text="While stocks last. The offer does not add up with other discounts.", small=True),
        ),
    )


def coupon(site: str) -> Written:
    return (
        '{{ name | first | default("Good day") }}, your coupon is ready',
        "A code of your own: say it at the till or enter it on the site",
        (
            Heading(id="title", text="Your personal coupon", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nThank you for being with us. This code was made for you and works "
                "once: say it at the till or enter it when you order on the site.",
                align="center",
            ),
            Coupon(
                id="coupon",
                gives='{{ coupon.gives | default("A discount on your next purchase") }}',
                terms='{{ coupon.terms | default("One code, one purchase.") }} Valid until '
                '{{ coupon.until | default("the end of the offer") }}.',
                qr="{{ coupon.qr }}",
                button="Choose something",
                link=f"{site}/",
            ),
            Heading(id="ideas", text="What to spend it on", level=2, align="center"),
            Products(id="products", top=3, across=3),
        ),
    )


def birthday(site: str) -> Written:
    return (
        '{{ name | first | default("Today is your day") }}: happy birthday!',
        "There is a present inside: it waits for two weeks",
        (
            Heading(id="title", text="Happy birthday!", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nMay this year be kind to you and bring more reasons to be glad. "
                "The first one is here already: our present.",
                align="center",
            ),
            Coupon(
                id="coupon",
                gives="A present for your birthday",
                band="tint",
                terms='Say the code at the till until {{ coupon.until | default("the end of the week") }}.',
                qr="{{ coupon.qr }}",
                button="Choose a present",
                link=f"{site}/",
            ),
            Prose(
                id="points",
                shown_to=ShownTo(has=("points",)),
                align="center",
                text='You have {{ points }} {{ points | plural("point", "points") }}: '
                "they can be spent together with the present.",
            ),
            Signature(id="bye", words="Yours,", name="The team", align="center"),
        ),
    )


def digest(site: str) -> Written:
    return (
        "Six things of this week",
        "What is new, and what is taken most",
        (
            Heading(id="title", text="Six things of this week", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nIn one letter: what is new, and what people come back for.",
                align="center",
            ),
            Products(id="products", top=6, across=2),
            Button(id="all", label="See all products", link=f"{site}/"),
        ),
    )


def catalogue(site: str) -> Written:
    return (
        '{{ name | first | default("Friends") }}, the new catalogue is out',
        "Leaf through it, or begin with what matters most",
        (
            Heading(id="title", text="The new catalogue", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nThe new catalogue is out: everything on sale, with descriptions and "
                "prices. Its first pages are below, the whole is on the site.",
            ),
            Button(id="open", label="Open the catalogue", link=f"{site}/"),
            Products(id="products", top=8, across=1, button="Find out more"),
            Button(id="again", label="The whole catalogue", link=f"{site}/", outlined=True),
        ),
    )


def sleeping(site: str) -> Written:
    return (
        '{{ name | first | default("Good day") }}, it has been a while',
        "What is new, and an invitation to drop in",
        (
            Heading(id="title", text="We miss you", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nYou have not been for long. Perhaps we have disappointed you: then "
                "answer this letter, a person will read it.\n\n"
                "And if there was simply no time, here is a reason to come.",
            ),
            Coupon(
                id="coupon",
                gives='{{ coupon.gives | default("A discount to come back with") }}',
                shown_to=ShownTo(has=("coupon.code",)),
                terms='Say the code at the till until {{ coupon.until | default("the end of the offer") }}.',
                qr="{{ coupon.qr }}",
                button="Come back",
                link=f"{site}/",
            ),
            Heading(id="new", text="What is new since you were here", level=2),
            Products(id="products", top=4, across=2),
            Prose(
                id="stop",
                small=True,
                align="center",
                text="No more letters? [Choose what we write about]({{ preferences_url }}), or "
                "[unsubscribe]({{ unsubscribe_url }}): it is one click.",
            ),
        ),
    )


def confirm(site: str) -> Written:
    return (
        "Confirm your address",
        "One click on the button, and it is done",
        (
            Heading(id="title", text="Confirm your address", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nThis address was given to receive our letters. If that was you, "
                "press the button: without it we shall not write to you.",
                align="center",
            ),
            Button(id="confirm", label="Yes, this is my address", link="{{ confirm_url }}"),
            Prose(
                id="otherwise",
                small=True,
                align="center",
                text="It was not you? Then do nothing: no more letters will come.",
            ),
        ),
    )


WRITTEN: dict[str, Callable[[str], Written]] = {
    "news": news, "offer": offer, "coupon": coupon, "birthday": birthday, "digest": digest, "catalogue": catalogue,
    "sleeping": sleeping, "confirm": confirm,
}  # fmt: skip
