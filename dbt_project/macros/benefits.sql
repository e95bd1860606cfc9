{# Benefits by group: the names of schemes, groups and sources, and how the groups of a source add up. Codes and words of this topic
   alone; the words of figures in general are in words.sql. #}

{% macro benefit_schemes() -%}
    {{ return({
        'social_assistance': 'Økonomisk sosialhjelp',
        'introduction_benefit': 'Introduksjonsstønad',
        'qualification_benefit': 'Kvalifiseringsstønad',
        'disability_benefit': 'Uføretrygd',
        'work_assessment_allowance': 'Arbeidsavklaringspenger',
        'unemployment_benefit': 'Dagpenger',
        'child_benefit': 'Barnetrygd',
        'cash_for_care': 'Kontantstøtte',
        'housing_benefit': 'Bostøtte',
        'sick_pay': 'Sykepenger',
        'transitional_benefit': 'Overgangsstønad',
        'supplementary_benefit': 'Supplerende stønad',
        'supplementary_benefit_disabled_refugees': 'Supplerende stønad til uføre flyktninger',
        'basic_benefit': 'Grunnstønad',
        'attendance_benefit': 'Hjelpestønad',
        'maternity_grant': 'Engangsstønad',
        'all_transfers': 'Overføringer i alt',
        'main_status_employed': 'Sysselsatt (viktigste status)',
        'main_status_unemployed': 'Registrert arbeidsledig (viktigste status)',
        'main_status_on_measures': 'Arbeidsmarkedstiltak (viktigste status)',
        'main_status_in_education': 'Under utdanning (viktigste status)',
        'main_status_aap_disability': 'Arbeidsavklaringspenger eller uføretrygd (viktigste status)',
        'main_status_pension': 'AFP eller alderspensjon (viktigste status)',
        'main_status_other': 'Andre, blant annet sosialhjelp (viktigste status)',
    }) }}
{%- endmacro %}

{% macro benefit_groups() -%}
    {{ return({
        'all': 'Alle',
        'immigrants': 'Innvandrere',
        'refugees': 'Flyktninger',
        'refugees_within_5_years': 'Flyktninger, inntil fem år',
        'refugees_beyond_5_years': 'Flyktninger, over fem år',
        'refugees_residence_unknown': 'Flyktninger, ukjent botid',
        'other_immigrants': 'Andre innvandrere',
        'norwegian_born': 'Norskfødte med innvandrerforeldre',
        'immigrants_and_norwegian_born': 'Innvandrere og norskfødte med innvandrerforeldre',
        'population_except_immigrants': 'Befolkningen ellers',
        'immigrants_residence_0_4': 'Innvandrere, botid 0–4 år',
        'immigrants_residence_5_9': 'Innvandrere, botid 5–9 år',
        'immigrants_residence_10_plus': 'Innvandrere, botid 10 år og mer',
        'immigrants_eu_eea': 'Innvandrere fra EU/EØS',
        'immigrants_africa_asia': 'Innvandrere fra Afrika, Asia og resten av verden',
        'background_norway': 'Norsk landbakgrunn',
        'background_ukraine': 'Landbakgrunn Ukraina',
        'background_syria': 'Landbakgrunn Syria',
        'background_somalia': 'Landbakgrunn Somalia',
        'not_on_settled_list': 'Mottakere utenfor listen over bosatte flyktninger',
        'not_matchable': 'Mottakere som ikke kan kobles',
    }) }}
{%- endmacro %}

{% macro benefit_sources() -%}
    {{ return({
        'microdata': 'Tabell fra microdata.no',
        'ssb_order': 'Tabell bestilt fra SSB',
        'own_files': 'Kommunens egne filer',
        'national_reference': 'Publisert for hele landet',
        'ssb_main_status': 'SSB 13563, viktigste status',
    }) }}
{%- endmacro %}

{# How sure a figure of a source is, in words: what the source does to it. #}
{% macro benefit_precisions() -%}
    {{ return({
        'noise_added': 'Plattformen har lagt støy av ukjent størrelse på antallene; ingen feilgrense kan regnes ut. Den gir ikke tall for færre enn 1000 bosatte, og stopper tabeller der over halvparten av cellene er under fem',
        'exact_or_hidden': 'Tallet er nøyaktig der det ikke er skjult',
        'protected': 'Tallet er nøyaktig der det ikke er skjult; små tall og tall som avslører dem, er skjult',
        'printed_rounded': 'Tallet er avrundet i trykk; grensene følger av avrundingen',
        'proposal': 'Forslag til bevilgning, ikke regnskap',
        'ranked_status': 'Hver person teller én gang etter rangert status, så ytelser telles lavere enn hos Nav',
    }) }}
{%- endmacro %}

{# The Norwegian name of a code; the code itself where it has none. #}
{% macro named(column, names) -%}
    case {{ column }}
        {%- for code, name in names.items() %}
        when '{{ code }}' then '{{ name }}'
        {%- endfor %}
        else {{ column }}
    end
{%- endmacro %}

{# CTE body: each group of microdata's scripts with every group it is part of. #}
{% macro microdata_group_parts() -%}
    {%- set parts = {
        'refugees_within_5_years': ['refugees_within_5_years', 'refugees', 'immigrants', 'all'],
        'refugees_beyond_5_years': ['refugees_beyond_5_years', 'refugees', 'immigrants', 'all'],
        'refugees_residence_unknown': ['refugees', 'immigrants', 'all'],
        'other_immigrants': ['other_immigrants', 'immigrants', 'all'],
        'population_except_immigrants': ['population_except_immigrants', 'all'],
    } -%}
    {%- for part, wholes in parts.items() %}
        {%- set outer_last = loop.last %}
        {%- for whole in wholes %}
    select
        '{{ part }}' as part_code,
        '{{ whole }}' as group_code
    {{ 'union all' if not (loop.last and outer_last) }}
        {%- endfor %}
    {%- endfor %}
{%- endmacro %}
