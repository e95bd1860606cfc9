{# The ten breakdown columns of a mart: the code of the dimension where the indicator keeps it, `all` otherwise. #}
{% macro breakdown_columns(series='series', term='term') -%}
    {%- for name in var('dimensions') %}
    case when {{ term }}.{{ name }} = '*' then {{ series }}.{{ name }} else 'all' end as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# What numerator and denominator must have in common. #}
{% macro match_text(series='series', term='term') -%}
    {%- set parts = [] -%}
    {%- for name in var('dimensions') -%}
        {%- do parts.append("case when " ~ term ~ ".match_" ~ name ~ " then " ~ series ~ "." ~ name ~ " else '' end") -%}
    {%- endfor -%}
    concat_ws('|', {{ parts | join(', ') }})
{%- endmacro %}

{# Whether a series is one the term asks for. A code without a name at its publisher (IMDi's `undefined`) groups the same
   people otherwise: it is kept as read, and is no code of an indicator. #}
{% macro series_fits_term(series='series', term='term') -%}
    {{ series }}.dataset_id = {{ term }}.dataset_id
    and {{ series }}.measure = {{ term }}.measure
    and {{ series }}.unit = {{ term }}.unit
    {%- for name in var('dimensions') %}
    and (({{ term }}.{{ name }} = '*' and {{ series }}.{{ name }} <> 'unlabelled') or {{ term }}.{{ name }} = {{ series }}.{{ name }})
    {%- endfor -%}
{%- endmacro %}
