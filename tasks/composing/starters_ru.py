"""The letters to begin from, in Russian. Pure."""

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
HELLO = 'Здравствуйте, {{ name | first | default("друзья") }}!'


def news(site: str) -> Written:
    return (
        '{{ name | first | default("Друзья") }}, коротко о новом',
        "Что изменилось за месяц и зачем зайти на этой неделе",
        (
            Heading(id="title", text="[Главная новость одной строкой]", band="accent", align="center"),
            Prose(id="hello", text=f"{HELLO}\n\n[Два-три предложения: что случилось и что это даёт читателю.]"),
            Button(id="read", label="Читать на сайте", link=f"{site}/"),
            Divider(id="line"),
            Heading(id="also", text="А ещё", level=2),
            Columns(
                id="short",
                columns=(
                    Column(
                        blocks=(Heading(text="[Новость покороче]", level=3), Prose(text="[О чём она, одной фразой.]"))
                    ),
                    Column(blocks=(Heading(text="[И ещё одна]", level=3), Prose(text="[О чём она, одной фразой.]"))),
                ),
            ),
            Spacer(id="space", height=16),
        ),
    )


def offer(site: str) -> Written:
    return (
        '{{ name | first | default("Друзья") }}, предложение недели: до воскресенья',
        "Несколько вещей по хорошей цене, пока они есть",
        (
            Heading(id="title", text="Предложение недели", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nКаждую неделю мы отбираем то, что стоит попробовать именно сейчас. "
                "Вот выбор этой недели: цены действуют до воскресенья включительно.",
            ),
            Products(id="products", top=4, across=2, button="Выбрать"),
            Button(id="all", label="Все предложения недели", link=f"{site}/"),
            Prose(
                id="terms",
                text="Количество товаров ограничено. Предложение не складывается с другими скидками.",
                small=True,
            ),
        ),
    )


def coupon(site: str) -> Written:
    return (
        '{{ name | first | default("Добрый день") }}, ваш купон готов',
        "Личный код: назовите его на кассе или введите на сайте",
        (
            Heading(id="title", text="Ваш личный купон", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nСпасибо, что вы с нами. Этот код выпущен для вас, и действует он один "
                "раз: назовите его на кассе или введите при заказе на сайте.",
                align="center",
            ),
            Coupon(
                id="coupon",
                gives='{{ coupon.gives | default("Скидка на следующую покупку") }}',
                terms='{{ coupon.terms | default("Один код, одна покупка.") }} Действует до '
                '{{ coupon.until | default("конца акции") }}.',
                qr="{{ coupon.qr }}",
                button="Выбрать покупку",
                link=f"{site}/",
            ),
            Heading(id="ideas", text="На что его потратить", level=2, align="center"),
            Products(id="products", top=3, across=3),
        ),
    )


def birthday(site: str) -> Written:
    return (
        '{{ name | first | default("Сегодня ваш день") }}, с днём рождения!',
        "Внутри подарок: он ждёт вас две недели",
        (
            Heading(id="title", text="С днём рождения!", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nПусть этот год будет добрым, а поводов порадовать себя станет больше. "
                "Первый повод уже здесь: наш подарок.",
                align="center",
            ),
            Coupon(
                id="coupon",
                gives="Подарок ко дню рождения",
                band="tint",
                terms='Назовите код на кассе до {{ coupon.until | default("конца недели") }}.',
                qr="{{ coupon.qr }}",
                button="Выбрать подарок",
                link=f"{site}/",
            ),
            Prose(
                id="points",
                shown_to=ShownTo(has=("points",)),
                align="center",
                text='На вашем счёте {{ points }} {{ points | plural("балл", "балла", "баллов") }}: '
                "их можно потратить вместе с подарком.",
            ),
            Signature(id="bye", words="С теплом,", name="Ваша команда", align="center"),
        ),
    )


def digest(site: str) -> Written:
    return (
        "Шесть вещей этой недели",
        "Новинки и то, что чаще всего берут",
        (
            Heading(id="title", text="Шесть вещей этой недели", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nСобрали в одном письме новинки и то, за чем возвращаются чаще всего.",
                align="center",
            ),
            Products(id="products", top=6, across=2),
            Button(id="all", label="Смотреть все товары", link=f"{site}/"),
        ),
    )


def catalogue(site: str) -> Written:
    return (
        '{{ name | first | default("Друзья") }}, вышел новый каталог',
        "Листайте целиком или начните с самого важного",
        (
            Heading(id="title", text="Новый каталог", band="accent", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nВышел новый каталог: в нём всё, что есть в продаже, с описаниями и "
                "ценами. Ниже первые страницы, а целиком он лежит на сайте.",
            ),
            Button(id="open", label="Открыть каталог", link=f"{site}/"),
            Products(id="products", top=8, across=1, button="Подробнее"),
            Button(id="again", label="Весь каталог", link=f"{site}/", outlined=True),
        ),
    )


def sleeping(site: str) -> Written:
    return (
        '{{ name | first | default("Добрый день") }}, давно не виделись',
        "Рассказываем, что нового, и приглашаем заглянуть",
        (
            Heading(id="title", text="Мы по вам скучаем", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nВы давно к нам не заходили. Может быть, мы чем-то огорчили вас: тогда "
                "ответьте на это письмо, его прочтёт человек.\n\nА если просто было не до нас, вот повод зайти.",
            ),
            Coupon(
                id="coupon",
                gives='{{ coupon.gives | default("Приятная скидка на возвращение") }}',
                shown_to=ShownTo(has=("coupon.code",)),
                terms='Назовите код на кассе до {{ coupon.until | default("конца акции") }}.',
                qr="{{ coupon.qr }}",
                button="Вернуться",
                link=f"{site}/",
            ),
            Heading(id="new", text="Что появилось, пока вас не было", level=2),
            Products(id="products", top=4, across=2),
            Prose(
                id="stop",
                small=True,
                align="center",
                text="Письма больше не нужны? [Настройте, о чём вам писать]({{ preferences_url }}), или "
                "[отпишитесь]({{ unsubscribe_url }}): это одно нажатие.",
            ),
        ),
    )


def confirm(site: str) -> Written:
    return (
        "Подтвердите свой адрес",
        "Одно нажатие на кнопку, и всё готово",
        (
            Heading(id="title", text="Подтвердите свой адрес", align="center"),
            Prose(
                id="hello",
                text=f"{HELLO}\n\nЭтот адрес указали, чтобы получать наши письма. Если это были вы, "
                "нажмите на кнопку: без этого мы не будем вам писать.",
                align="center",
            ),
            Button(id="confirm", label="Да, это мой адрес", link="{{ confirm_url }}"),
            Prose(
                id="otherwise",
                small=True,
                align="center",
                text="Это были не вы? Тогда ничего делать не нужно: писем больше не будет.",
            ),
        ),
    )


WRITTEN: dict[str, Callable[[str], Written]] = {
    "news": news, "offer": offer, "coupon": coupon, "birthday": birthday, "digest": digest, "catalogue": catalogue,
    "sleeping": sleeping, "confirm": confirm,
}  # fmt: skip
