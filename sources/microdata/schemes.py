"""What the scripts for microdata.no ask about: the schemes, the groups and the ages, with the names they have in a table.

Here: our codes, the platform's variables, and the aliases that come back in an export. Not here: the statements (script.py),
or finding the aliases in a file (tables.py).
"""

from dataclasses import dataclass

from sources.errors import SourceError


class MicrodataError(SourceError):
    """Something about microdata.no cannot be done as asked. The message is Norwegian: a municipal reader gets it."""

    def __init__(self, *, expected: str, found: str, where: str, next_step: str) -> None:
        super().__init__(expected=expected, found=found, where=where, next_step=next_step)
        self.args = (f"{where}: ventet {expected}, fant {found}. {next_step}",)


@dataclass(frozen=True)
class Scheme:
    """A benefit: our code, its name, the variable with the kroner of the calendar year per person, and the name the platform
    shows for it. ``by_age``: its recipients are asked for by age too, since a rate without age misleads."""

    code: str
    name_nb: str
    variable: str
    platform_name: str
    by_age: bool = False


SCHEMES = (
    Scheme("social_assistance", "Økonomisk sosialhjelp", "INNTEKT_SOSIAL", "Sosialhjelp", True),
    Scheme("qualification_benefit", "Kvalifiseringsstønad", "KVALIFSTZFDT_KVP_STONAD", "Kvalifiseringsstønad, beløp i året"),
    Scheme("disability_benefit", "Uføretrygd", "INNTEKT_KODE218", "Uføretrygd fra folketrygden", True),
    Scheme("work_assessment_allowance", "Arbeidsavklaringspenger", "INNTEKT_SUM_ARBAVKL", "Arbeidsavklaringspenger", True),
    Scheme("unemployment_benefit", "Dagpenger", "INNTEKT_ARBLED", "Dagpenger ved arbeidsledighet", True),
    Scheme("child_benefit", "Barnetrygd", "INNTEKT_BARNETRYGD", "Barnetrygd"),
    Scheme("cash_for_care", "Kontantstøtte", "INNTEKT_KONTANTSTOTTE", "Kontantstøtte"),
    Scheme("housing_benefit", "Bostøtte", "INNTEKT_BOSTOTTE", "Bostøtte (inntekt)"),
    Scheme("sick_pay", "Sykepenger", "INNTEKT_SYKEPENGER", "Sykepenger", True),
    Scheme("all_transfers", "Overføringer i alt", "INNTEKT_OVERFOR", "Overføringer"),
)  # fmt: skip
"""Names and variables as in the platform's variable list, July 2026; all of them are sums over the calendar year per person."""

GROUPS = {
    "flyktning_inntil_5": (
        "refugees_within_5_years",
        "innvandret av flukt, første opphold i året eller de fire årene før",
    ),
    "flyktning_over_5": ("refugees_beyond_5_years", "innvandret av flukt, første opphold tidligere"),
    "flyktning_ukjent": ("refugees_residence_unknown", "innvandret av flukt, uten dato for første opphold"),
    "innvandrer": ("other_immigrants", "andre innvandrere"),
    "ovrige": ("population_except_immigrants", "resten av befolkningen, medregnet norskfødte med innvandrerforeldre"),
}
"""Value in a table -> our code and what it is. They do not overlap: together they are all residents."""

AGES = {
    "alder_00_17": (0, "age_0_17"),
    "alder_18_29": (18, "age_18_29"),
    "alder_30_44": (30, "age_30_44"),
    "alder_45_54": (45, "age_45_54"),
    "alder_55_66": (55, "age_55_66"),
    "alder_67_pluss": (67, "age_67_plus"),
}
"""Value in a table -> the least age and our code."""

RESIDENTS = "personer_i_alt"
"""The alias that is 1 for everybody: its sum is the number of residents."""
RECEIVES = "mottar_"
"""Before the alias of a scheme: 1 for who has received something of it."""
NO_SCHEME = "none"
"""The scheme of a figure that is about residents and no benefit."""

SMALLEST_POPULATION = 1_000
"""microdata.no: no result of a population smaller than this."""
