{# Words that sum up parts: a status, a basis, a reason, a release. Their order is declared here, as in sources/vocabulary.yml (a test
   of the house holds the two equal), and nowhere taken from the alphabet. Not here: what a word means; that is in the vocabulary. #}

{# Statuses from the surest figure to none. #}
{% macro status_order() -%}
    {{ return([
        'ok', 'rounded', 'contradicted', 'interval', 'suppressed', 'incomplete', 'not_applicable', 'not_finite', 'missing', 'unavailable'
    ]) }}
{%- endmacro %}

{# Bases from the publisher's own figure to none. #}
{% macro basis_order() -%}
    {{ return(['published', 'published_under_other_code', 'summed', 'recomputed', 'unavailable']) }}
{%- endmacro %}

{# Reasons why there is no single figure, from what is only inexact to what nobody can give. #}
{% macro reason_order() -%}
    {{ return([
        'rounded_parts', 'hidden_parts', 'split_without_weights', 'zero_contradicted', 'parts_missing', 'parts_absent', 'no_denominator',
        'not_additive', 'not_an_area_then', 'not_published_for_municipalities'
    ]) }}
{%- endmacro %}

{% macro place_in(expression, words) -%}
    case {{ expression }}{% for word in words %} when '{{ word }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}

{% macro word_at(expression, words) -%}
    case {{ expression }}{% for word in words %} when {{ loop.index }} then '{{ word }}'{% endfor %} end
{%- endmacro %}

{# The word at a place of an order, for views: planned in less time than a case for each word, or a join. No word at the place 0.
   `place`: whole, or with a rest that does not count. #}
{% macro word_listed(place, words) -%}
    {{ return(adapter.dispatch('word_listed', 'integrering')(place, words)) }}
{%- endmacro %}
{% macro default__word_listed(place, words) -%}
    string_split('{{ words | join(',') }}', ',')[cast(floor({{ place }}) as integer)]
{%- endmacro %}
{% macro spark__word_listed(place, words) -%}
    get(split('{{ words | join(',') }}', ','), cast(floor({{ place }}) as integer) - 1)
{%- endmacro %}

{# Aggregates: the least sure word of a group; null where the group has none. #}
{% macro worst_status(expression) -%}
    {{ word_at('max(' ~ place_in(expression, status_order()) ~ ')', status_order()) }}
{%- endmacro %}

{% macro worst_basis(expression) -%}
    {{ word_at('max(' ~ place_in(expression, basis_order()) ~ ')', basis_order()) }}
{%- endmacro %}

{# Aggregate: the text that is the same throughout a group; null where there are several or none. Gives nothing up to the
   alphabet: of several no one is taken. #}
{% macro the_same(expression) -%}
    case when min({{ expression }}) = max({{ expression }}) then min({{ expression }}) end
{%- endmacro %}

{# Aggregate: every text of a group, once, in order, with a comma and a blank between: the release, or the releases. #}
{% macro all_of(expression) -%}
    {{ return(adapter.dispatch('all_of', 'integrering')(expression)) }}
{%- endmacro %}
{% macro default__all_of(expression) -%}
    string_agg(distinct {{ expression }}, ', ' order by {{ expression }})
{%- endmacro %}
{% macro spark__all_of(expression) -%}
    nullif(array_join(array_sort(collect_set({{ expression }})), ', '), '')
{%- endmacro %}

{# Whether a status stands beside a figure that upstream printed, or beside bounds of one. #}
{% macro has_figure(status) -%}
    {{ status }} in ('ok', 'rounded', 'contradicted')
{%- endmacro %}
{% macro has_bounds(status) -%}
    {{ status }} in ('ok', 'rounded', 'contradicted', 'suppressed')
{%- endmacro %}

{# Whether a status is upstream's way of giving no figure for an area: a sum or another series may stand in for it. #}
{% macro leaves_a_gap(status) -%}
    {{ status }} in ('missing', 'contradicted_zero', 'not_applicable')
{%- endmacro %}

{# How far two figures lie from each other, each with its bounds: 0 where some value inside both is the same. #}
{% macro distance(low, high, other_low, other_high) -%}
    greatest({{ low }} - {{ other_high }}, {{ other_low }} - {{ high }}, 0)
{%- endmacro %}

{# How far a printed share may lie from its own counts: half of the last digit of a share printed without decimals. #}
{% macro share_tolerance(scale) -%}
    0.005e0 * {{ scale }}
{%- endmacro %}

{# Joins the words of a list of the vocabulary under the list's own name, by the code in a column. #}
{% macro join_words(kind, column) -%}
left join {{ source('landing', 'word') }} as {{ kind }}
    on {{ kind }}.kind = '{{ kind }}' and {{ column }} = {{ kind }}.code
{%- endmacro %}

{# A code of one list as the code of another; one that is not named stays itself. #}
{% macro recoded(column, codes) -%}
    case {{ column }}
        {%- for code, other in codes.items() %}
        when '{{ code }}' then '{{ other }}'
        {%- endfor %}
        else {{ column }}
    end
{%- endmacro %}

{# The longest interval, in days, that still counts as a rhythm. #}
{% macro longest_days(rhythm) -%}
    {{ return({'monthly': 45, 'quarterly': 120, 'half_yearly': 240}[rhythm]) }}
{%- endmacro %}

{# A sentence of the vocabulary with its braces filled: name in braces -> expression of text. A number that is not known leaves ''. #}
{% macro filled(sentence, values) -%}
    {%- set holder = namespace(text=sentence) -%}
    {%- for name, text in values.items() -%}
        {%- set holder.text = 'replace(' ~ holder.text ~ ", '{" ~ name ~ "}', " ~ text ~ ')' -%}
    {%- endfor -%}
    {{ holder.text }}
{%- endmacro %}

{% macro counts(number) -%}
    coalesce(cast({{ number }} as {{ dbt.type_string() }}), '')
{%- endmacro %}
