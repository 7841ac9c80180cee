"""Names of nobody: pronounceable, after the sounds of many languages as English news spells them; from a seed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["KINDS", "Maker"]


@dataclass(frozen=True)
class Style:
    """Sounds of a language as news transliterate them.

    Attributes
    ----------
    heads, middles : list of str
        Syllables that begin a word, and that go on.
    surnames, givens : list of str
        What surnames and given names end with.
    before : list of str
        What may stand before a surname.
    longest : int
        How many syllables at most stand between beginning and end.
    """

    heads: list[str]
    middles: list[str]
    surnames: list[str]
    givens: list[str]
    before: list[str]
    longest: int = 2


def _style(heads: str, middles: str, surnames: str, givens: str, *before: str, longest: int = 2) -> Style:
    # A dot is an end of nothing, an underscore a space.
    parts = [
        [one.strip(".").replace("_", " ") for one in words.split()] for words in (heads, middles, surnames, givens)
    ]
    return Style(*parts, list(before), longest)


STYLES = {
    "English": _style(
        "Har Bran Stan Kil Thor Wex Col Ash Mil", "der ing wor lin bur", "ton wick ley ford well", "ric bert en"
    ),
    "Irish": _style("Dar Mul Fin Kea Cor Lou", "ra li ga no", "gan herty vey nan", "na la ran", "O'", "Mc", "Mac"),
    "Slavic": _style("Dor Bel Vor Mal Zel Kras Stro", "o a ni lo mi", "ovsky enko ovic chuk insky", "mir slav ana ek"),
    "Balkan": _style("Brz Mil Zor Dra Vuk Ško Đor", "o a i ko", "vić nović šek ković", "jan ica mir", ""),
    "Georgian": _style("Kva Mche Tse Gio Lom Zhor", "ra li na to", "dze shvili idze ava", "ri ka go"),
    "Armenian": _style("Hov Ter Sark Bagh Nar", "an is dar o", "yan ian", "ik en os"),
    "Turkic": _style("Kar Öz Yıl Tem Bay Gül", "a tür ta mu ber", "oğlu bek can kov", "han gül et"),
    "Arabic": _style(
        "Rash Qas Hadd Zub Mans Khal Far",
        "a i u ee",
        "im ar oudi awi eiri",
        "id im iya an",
        "al-",
        "Al ",
        "el-",
        "bin ",
        "Abu ",
        "Ould ",
    ),
    "Persian": _style("Rah Mok Shir Ard Beh Far", "a i o bar", "zadeh pour abadi ini", "am dad reh"),
    "Hebrew": _style("Sha Li Mor Av Gil", "lo ra ni do", "vitz mon eli stein", "am or it", "Ben-", "Bar-", ""),
    "Indian": _style("Venk Raj Sub Dhar Prat Chak", "a i ata ra ma", "raman appan wala nath", "esh ini an"),
    "Chinese": _style(
        "X Zh Q Sh L W Ch B G H S M", "i an ao u ang ong ing", ". . a n", "ping lin hua bo . -wei", longest=1
    ),
    "Korean": _style("S J H D P K M", "o u ae eo i", "n ng k m .", "-ho -min -seok ng-il", longest=1),
    "Japanese": _style("Ka Mo Ta Shi Ha Ni", "ru ki to na mo", "moto hara zawa gawa", "ko to mi"),
    "Burmese": _style(
        "The Kya Za Mya Hla Wi Mi So", "in w n ung", ". _Maw _Htun _Zin", "_Oo _Win .", "U ", "Daw ", longest=1
    ),
    "Vietnamese": _style("Ng Tr Ph Đ L V H", "uyễ ầ ạ à ê o i", "n m nh ng .", "ng nh .", longest=1),
    "Spanish": _style("Var Mend Gut Sal Cor", "go el i a o", "ez osa era illo", "o a ina", "de la ", "del ", "de "),
    "Portuguese": _style("Carv Alm Ouv Teix Mag", "a e i al", "eira alho ães ão", "inho ilda", "da ", "dos "),
    "French": _style("Beau Mar Lav Char Dub", "er al o ille", "ais court eux ière", "ette ien", "de ", "Le ", "d'"),
    "Dutch": _style("Brou Hoog Ver Kuip Sta", "e en der", "kamp veld sma stra", "je ert", "van der ", "van ", "ter "),
    "Nordic": _style("Bjør Hal Sig Lund Øst", "n var en el", "sen gaard ström dal", "ulf rid var"),
    "Hausa": _style("Dan Mai Gar Sul Bab", "a gi u", "wa ri ku su", "i u atu", "", "Mai "),
    "Yoruba": _style("Olu Ade Ayo Oko Ife", "wa le bi mi", "nwole yemi kunle", "de la ye"),
    "Swahili": _style("Mwa Ki Nja Ng'o Wa", "ma ru ke i", "ki ngi bwa ro", "ni ra"),
    "Mande": _style("Kou Dia Tra Sis N'", "ra li ba ka", "té bé so", "ma ssa"),
    "Somali": _style("War Far Gu Abd Dhu", "sa ha le i", "me ule ow", "an iyo", ""),
    "Malay": _style("Su Har Wid Pra Ka", "ha to ra di", "nto wati mono", "yo ri"),
    "Pacific": _style("Tu Fa Va Lo Ta", "ila o'a mu ne", "tele moa nuku", "si lu"),
}
LANDS = "ia land stan ovia ar ea onia esh ora an".split()  # noqa: SIM905
PEOPLES = "ian ese ish i ani".split()  # noqa: SIM905
AIMS = ["Liberation", "Unity", "Freedom", "Justice", "Development", "National Salvation", "Peace and Dialogue"]
BANDS = [
    "Front",
    "Liberation Front",
    "Liberation Army",
    "Brigade",
    "Brigades",
    "Movement",
    "People's Party",
    "Defence Force",
]
BODIES = [
    "Foundation",
    "Institute",
    "Relief Committee",
    "Corporation",
    "Times",
    "University",
    "Watch",
    "Energy Company",
]
# What many are called and news write in lower case, too.
WORDS = """
    Stone Baker Young Rice Hope Grace Brown Black White Green Price Bishop King Marsh Wood Fields Rose Rivers Banks
    Strong
    Love Power Law Best Case Day Long Short Small Good Wise Savage Bond Church Cook Fisher Hunter Marshall Page Park
    Potter
    Sharp Steel Temple Walker West Winter Wolf Said Song Win Ban Sun Man Star Victory Justice Faith Summers Cross Hill
""".split()  # noqa: SIM905
LETTERS = "ABCDEFGHKLMNPRSTUVZ"


class Maker:
    """Makes names.

    Parameters
    ----------
    rng : numpy Generator
        Where chance comes from.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def one(self, words: list[str]) -> str:
        """Draw one."""
        return words[int(self.rng.integers(len(words)))]

    def style(self) -> Style:
        """Draw the sounds of a language."""
        return self.one(list(STYLES.values()))  # type: ignore[arg-type, return-value]

    def stem(self, style: Style) -> str:
        """Give the beginning of a word."""
        middles = [self.one(style.middles) for _ in range(int(self.rng.integers(1, style.longest + 1)))]
        return self.one(style.heads) + "".join(middles)

    def surname(self, style: Style, *, before: bool = True) -> str:
        """Give a surname."""
        name = self.stem(style) + self.one(style.surnames)
        return self.one(style.before) + name if before and style.before and self.rng.random() < 0.5 else name

    def given(self, style: Style) -> str:
        """Give a given name."""
        return self.stem(style) + self.one(style.givens)

    def root(self) -> str:
        """Give a word to make names of lands and groups of."""
        return self.stem(self.style()).rstrip("'- ")

    def land(self) -> str:
        """Give the name of a land."""
        return self.root() + self.one(LANDS)

    def people(self) -> str:
        """Give what its people are called."""
        return self.root() + self.one(PEOPLES)

    def full(self) -> str:
        """Give a person's given name and surname."""
        style = self.style()
        return f"{self.given(style)} {self.surname(style)}"

    def long(self) -> str:
        """Give a person's name of three words, initials among them."""
        style = self.style()
        middle = self.given(style) if self.rng.random() < 0.7 else f"{self.one(list(LETTERS))}."
        return f"{self.given(style)} {middle} {self.surname(style, before=False)}"

    def word(self) -> str:
        """Give a name that is a common word, with a given name before it or none."""
        return self.one(WORDS) if self.rng.random() < 0.5 else f"{self.given(self.style())} {self.one(WORDS)}"

    def republic(self) -> str:
        """Give a state's long name."""
        form = self.one(
            [
                *("Republic of {}", "Democratic Republic of {}", "Kingdom of {}", "State of {}", "Federation of {}"),
                *("{} Republic", "United {} Emirates", "{} Islands", "North {}", "New {}"),
            ]
        )
        return form.format(self.land())

    def band(self) -> str:
        """Give an armed group's or party's name that begins with a word of its own."""
        return f"{self.one([self.root(), self.people()])} {self.one(BANDS)}"

    def described(self) -> str:
        """Give a group's name that begins with common words."""
        form = self.one(
            [
                *("Front for the {aim} of {land}", "Popular Movement for {aim} in {land}", "Army of {land}"),
                *("Harakat {root}", "Jaysh al-{root}", "Sons of {land}", "{aim} Party of {land}"),
            ]
        )
        return form.format(aim=self.one(AIMS), land=self.land(), root=self.root())

    def body(self) -> str:
        """Give an organisation's name."""
        if self.rng.random() < 0.3:
            return f"{self.one(['International', 'Centre for', 'Bank of', 'Voice of'])} {self.land()}"
        return f"{self.root()} {self.one(BODIES)}"

    def acronym(self) -> str:
        """Give an abbreviation of two to five letters."""
        letters = "".join(self.one(list(LETTERS)) for _ in range(int(self.rng.integers(2, 6))))
        return f"{letters}-{self.one(list(LETTERS))}" if self.rng.random() < 0.1 else letters


# What is made, by the kind of name that it can stand for; names that no catalogue knows may be of any.
KINDS: dict[str, tuple[tuple[str, ...], Callable[[Maker], str]]] = {
    "surname": (("person", "none"), lambda maker: maker.surname(maker.style())),
    "person, two words": (("person", "none"), Maker.full),
    "person, three words": (("person", "none"), Maker.long),
    "surname that is a word": (("person", "none"), Maker.word),
    "land": (("state", "none"), Maker.land),
    "people (adjective)": (("adjective",), Maker.people),
    "Republic of ...": (("state",), Maker.republic),
    "... Front": (("armed_group", "organisation"), Maker.band),
    "Front for ...": (("armed_group",), Maker.described),
    "organisation": (("organisation",), Maker.body),
    "acronym": (("armed_group", "organisation"), Maker.acronym),
}
