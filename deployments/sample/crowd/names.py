"""Names that many have, put together by lot: whoever is called so is nobody in particular. Pure."""


def _split(told: str) -> tuple[str, ...]:
    return tuple(told.split())


RU_WOMEN = _split(
    "Анна Мария Елена Ольга Наталья Екатерина Татьяна Ирина Светлана Юлия Анастасия Дарья Ксения Полина Виктория "
    "Алина Вера Надежда Любовь Софья Алёна Галина Людмила Марина Евгения Валерия Диана Кристина Маргарита Лариса "
    "Нина Зоя Тамара Яна Карина Ульяна Варвара Василиса Алиса Злата Эльвира Гульнара Алсу Айгуль"
)
RU_MEN = _split(
    "Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Николай Владимир Артём Антон Павел Роман "
    "Илья Кирилл Денис Игорь Олег Виктор Юрий Константин Егор Никита Тимур Руслан Степан Фёдор Григорий Глеб Матвей "
    "Лев Борис Вадим Станислав Георгий Пётр Семён Ярослав Марат Ильдар"
)
RU_SURNAMES = _split(
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев "
    "Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов "
    "Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин "
    "Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров "
    "Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов "
    "Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов Мартынов "
    "Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев Воронин Климов "
    "Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов Леонов Соболев Ермаков "
    "Колесников Гончаров Хасанов Ахметов Каримов Сафин Бондаренко Шевченко Коваленко Лысенко Белинский Успенский "
    "Вишневский Покровский Островский"
)
EN_WOMEN = _split(
    "Mary Anne Emma Sophie Grace Emily Lucy Ella Amy Kate Sarah Rachel Laura Lisa Claire Fiona Deirdre Sinead Aoife "
    "Niamh Ciara Orla Maeve Brigid Eileen Nora Una Roisin Ana Maria Joana Ines Teresa Beatriz Marta Aino Helmi Sanna "
    "Tiina Hanna Laila Ilona"
)
EN_MEN = _split(
    "John James Michael Patrick Daniel David Thomas Peter Mark Paul Stephen Conor Sean Liam Cian Eoin Declan Brendan "
    "Kevin Barry Hugh Owen Rory Fergus Ronan Colm Joao Pedro Miguel Tiago Rui Nuno Andre Mikko Antti Jukka Petri "
    "Timo Ville Lauri Oskar Emil"
)
EN_SURNAMES = _split(
    "Murphy Kelly Sullivan Walsh Smith O'Brien Byrne Ryan O'Connor O'Neill Reilly Doyle McCarthy Gallagher Doherty "
    "Kennedy Lynch Murray Quinn Moore McLoughlin Carroll Connolly Daly Wilson Dunne Brennan Burke Collins Campbell "
    "Clarke Johnston Hughes Farrell Fitzgerald Brown Martin Maguire Nolan Flynn Thompson Callaghan O'Donnell Duffy "
    "Mahony Boyle Healy Shea White Sweeney Hayes Kavanagh Power McGrath Moran Brady Stewart Casey Foley Fitzpatrick "
    "Leary McDonnell Donnelly Regan Donovan Burns Flanagan Mullan Barry Kane Robinson Cunningham Griffin Kenny "
    "Sheehan Ward Whelan Lyons Reid Graham Higgins Cullen Keane King Maher Kearney Hogan Silva Santos Ferreira "
    "Pereira Oliveira Costa Rodrigues Martins Fernandes Lopes Korhonen Virtanen Makinen Nieminen Makela Hamalainen "
    "Laine Heikkinen Koskinen Jarvinen"
)
RU_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщыэюя"  # two more are not heard
HEARD_AS = _split("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch y e yu ya")
LATIN = dict(zip(RU_LETTERS, HEARD_AS, strict=True)) | {"ъ": "", "ь": ""}


def of_a_woman(surname: str) -> str:
    """A Russian surname as a woman bears it."""
    if surname.endswith("ский"):
        return surname.removesuffix("ий") + "ая"
    return surname + "а" if surname.endswith(("ов", "ев", "ёв", "ин")) else surname


def latin(name: str) -> str:
    """A name as it stands in an e-mail address."""
    return "".join(LATIN.get(letter, letter) for letter in name.lower() if letter.isalpha())
