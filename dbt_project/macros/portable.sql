{# SQL that engines spell differently. Models in intermediate and marts use these instead of one engine's own words. #}

{# The year of a date as an integer. #}
{% macro year_of(expression) -%}
    cast(extract(year from {{ expression }}) as integer)
{%- endmacro %}

{# The first day of a year given as an integer. #}
{% macro first_day(year) -%}
    {{ return(adapter.dispatch('first_day', 'integrering')(year)) }}
{%- endmacro %}
{% macro default__first_day(year) -%}
    make_date({{ year }}, 1, 1)
{%- endmacro %}

{# One row per year from first to last, both included, column `year`. #}
{% macro years_between(first, last) -%}
    {{ return(adapter.dispatch('years_between', 'integrering')(first, last)) }}
{%- endmacro %}
{% macro default__years_between(first, last) -%}
    select cast(unnest(range({{ first }}, {{ last }} + 1)) as integer) as year
{%- endmacro %}
{% macro spark__years_between(first, last) -%}
    select explode(sequence({{ first }}, {{ last }})) as year
{%- endmacro %}

{# A stable number for a text: 60 bits of its MD5. Used inside the build only, never published as a key. #}
{% macro number_of(text) -%}
    {{ return(adapter.dispatch('number_of', 'integrering')(text)) }}
{%- endmacro %}
{% macro default__number_of(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 15) as bigint)
{%- endmacro %}
{% macro spark__number_of(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}

{# A sum that does not depend on the order of the rows: decimals, not floats. Of shares of one with as many places as a float holds. #}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(18, 3))) as double)
{%- endmacro %}
{% macro exact_sum_of_shares(expression) -%}
    cast(sum(cast({{ expression }} as decimal(38, 30))) as double)
{%- endmacro %}

{# CTE body: every year from the first of the code history to the last that regions are mapped for, column `year`. #}
{% macro history_years(first_day_expression, relation) -%}
    select numbers.year
    from ({{ years_between(1972, last_year()) }}) as numbers
    inner join (select {{ year_of('min(' ~ first_day_expression ~ ')') }} as first_year from {{ relation }}) as bounds
        on numbers.year >= bounds.first_year
{%- endmacro %}

{# Days and months after a date, on Spark. dbt-spark's own goes by way of time stamps, which have no zone here. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- if datepart == 'day' -%} date_add({{ from_date_or_timestamp }}, cast({{ interval }} as integer))
    {%- elif datepart == 'month' -%} add_months({{ from_date_or_timestamp }}, {{ interval }})
    {%- else -%} {{ exceptions.raise_compiler_error("dateadd on Spark: day or month, not " ~ datepart) }}
    {%- endif -%}
{%- endmacro %}

{# A difference without the noise of binary fractions: six decimals, in every unit more than anyone published. #}
{% macro difference(of, minus) -%}
    round({{ of }} - {{ minus }}, 6)
{%- endmacro %}

{# The first of the names an area has in several languages, as Klass writes them: «Harstad» of «Harstad - Hárstták». #}
{% macro first_name(names) -%}
    case when position(' - ' in {{ names }}) > 0 then substr({{ names }}, 1, position(' - ' in {{ names }}) - 1) else {{ names }} end
{%- endmacro %}
