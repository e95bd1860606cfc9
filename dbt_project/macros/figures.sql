{# The star: words as small numbers, the figures of one level, and the text that its views join to them. #}

{# What is known of a figure in one number: thousands are the place of its status, hundreds that of its basis, the rest that of its reason
   (macros/words.sql), 0 where there is none; 20 000 more for a figure of a part of a year (part_year). The same in every build, and
   its words are read of it without a join. A word without a place gives no number, which no build and no publication lets through. #}
{% macro state_number(value_status, geography_basis, reason) -%}
    1000 * {{ place_in(value_status, status_order()) }}
    + 100 * {{ place_in(geography_basis, basis_order()) }}
    + case when {{ reason }} is null then 0 else {{ place_in(reason, reason_order()) }} end
{%- endmacro %}

{% macro part_year() -%}
    20000
{%- endmacro %}

{# The number that a figure is published with, and the join that it needs: of int_indicator__value, as `figures`. #}
{% macro published_state() -%}
    figures.state_number + case when open_years.indicator_number is null then 0 else {{ part_year() }} end
{%- endmacro %}

{% macro part_year_join() -%}
left join {{ ref('int_indicator__open_year') }} as open_years
    on figures.indicator_number = open_years.indicator_number and figures.year = open_years.year and not open_years.is_whole_year
{%- endmacro %}

{# Whether a number of int_indicator__value, where parts of years are not told apart, is of a status. #}
{% macro is_of_status(number, word) -%}
    {%- set place = status_order().index(word) + 1 -%}
    {{ number }} between {{ 1000 * place }} and {{ 1000 * place + 999 }}
{%- endmacro %}

{# What a number says: `value_status`, `geography_basis`, `reason`, `is_whole_year`. A number that is not there says nothing. #}
{% macro state_word(number, column) -%}
    {%- if column == 'is_whole_year' -%}
        {{ number }} < {{ part_year() }}
    {%- elif column == 'value_status' -%}
        {{ word_listed('(' ~ number ~ ' % ' ~ part_year() ~ ') / 1000', status_order()) }}
    {%- elif column == 'geography_basis' -%}
        {{ word_listed('(' ~ number ~ ' % 1000) / 100', basis_order()) }}
    {%- else -%}
        {{ word_listed(number ~ ' % 100', reason_order()) }}
    {%- endif -%}
{%- endmacro %}

{# A table of the star as a view names it: by its schema alone, so that the view holds in whatever file it lies. #}
{% macro published(name) -%}
    {{ ref(name).include(database=false) if target.type == 'duckdb' else ref(name) }}
{%- endmacro %}

{# The columns of a figure that every level has, from the joins of figure_joins. A bound is kept where it
   is not the value itself: a third of the bytes of a release would be the same figure three times. #}
{% macro figure_columns() -%}
    breakdowns.series_number,
    cast(figures.region_code as {{ dbt.type_string() }}) as region_code,
    figures.year,
    figures.value,
    case when figures.value is null or figures.value_low <> figures.value then figures.value_low end as value_low,
    case when figures.value is null or figures.value_high <> figures.value then figures.value_high end as value_high,
    figures.numerator,
    figures.denominator,
    breakdowns.scale,
    {{ published_state() }} as state_number,
    figures.hidden_count,
    releases.release_number
{%- endmacro %}

{# The figures of all levels, with the numbers that this build gives their series and releases. A state without a number is
   not lost here: publication refuses it. #}
{% macro figure_joins() -%}
from {{ ref('int_indicator__value') }} as figures
inner join {{ ref('int_indicator__breakdown') }} as breakdowns
    on figures.breakdown_id = breakdowns.breakdown_id
{{ part_year_join() }}
left join {{ ref('int_release__number') }} as releases
    on figures.release_key = releases.release_key
{%- endmacro %}

{# The figures of one level. #}
{% macro figures_of(level) -%}
select
    {{ figure_columns() }}
{{ figure_joins() }}
where figures.region_level = '{{ level }}'
{%- endmacro %}

{# From and joins of a view that shows the figures of municipalities with names, beside those of the levels around them. #}
{% macro named_figures(levels) -%}
from {{ published('fct_figure_municipality') }} as figures
inner join {{ published('dim_series') }} as series
    on figures.series_number = series.series_number
inner join {{ published('dim_indicator') }} as indicators
    on series.indicator_id = indicators.indicator_id
inner join {{ published('dim_region') }} as regions
    on figures.region_code = regions.region_code
left join {{ published('dim_region') }} as counties
    on regions.county_code = counties.region_code
inner join {{ published('dim_figure_state') }} as states
    on figures.state_number = states.state_number
{{ figures_beside(levels) }}
{%- endmacro %}

{# Joins of the same figure of the levels around a municipality: needs `figures` and `regions`. #}
{% macro figures_beside(levels) -%}
{%- for level, code in levels.items() %}
left join {{ published('fct_figure_' ~ level) }} as {{ level }}
    on
        figures.series_number = {{ level }}.series_number
        and figures.year = {{ level }}.year
        {%- if code %}
        and regions.{{ code }} = {{ level }}.region_code
        {%- endif %}
{%- endfor %}
{%- endmacro %}

{# First columns of a readable view in English and in Norwegian: where, what and when. Needs the joins of named_figures. #}
{% macro named_head() -%}
    figures.region_code as municipality_code,
    regions.region_name as municipality_name,
    regions.county_code,
    counties.region_name as county_name,
    series.indicator_id,
    indicators.name_nb as indicator_nb,
    indicators.name_en as indicator_en,
    indicators.statistic_group,
    indicators.unit,
    figures.year
{%- endmacro %}

{% macro named_head_nb() -%}
    figures.region_code as kommunenummer,
    regions.region_name as kommune,
    counties.region_name as fylke,
    series.indicator_id as indikator_id,
    indicators.name_nb as indikator,
    indicators.unit_nb as enhet,
    figures.year as aar
{%- endmacro %}

{# The figure itself beside those of the levels around it. #}
{% macro named_values(levels) -%}
    figures.value as municipality_value,
    coalesce(figures.value_low, figures.value) as municipality_value_low,
    coalesce(figures.value_high, figures.value) as municipality_value_high,
    states.value_status as municipality_status,
    states.is_whole_year
    {%- for level in levels %},
    {{ level }}.value as {{ level }}_value
    {%- endfor %}
{%- endmacro %}

{% macro named_values_nb() -%}
    figures.value as kommunen,
    coalesce(figures.value_low, figures.value) as kommunen_minst,
    coalesce(figures.value_high, figures.value) as kommunen_hoeyst,
    states.value_status_nb as status,
    states.is_whole_year as hele_aaret,
    county.value as fylket,
    country.value as landet,
    kostra_group.value as kostragruppen
{%- endmacro %}

{# The levels that a municipality stands beside, each with the column of dim_region that leads to it. #}
{% macro levels_beside() -%}
    {{ return({'county': 'county_code', 'country': none, 'kostra_group': 'kostra_group_code'}) }}
{%- endmacro %}

{# The labels of all codes that a series is broken down by, in the order of the dimensions; `total` where it is by none. Needs the
   label table joined once for each dimension, as `<dimension>_labels`. #}
{% macro series_label(language, total) -%}
    case
        when series.broken_down_count = 0 then '{{ total }}'
        else concat_ws('; '
        {%- for name in var('dimensions') %},
            case when series.{{ name }} <> 'all' then coalesce({{ name }}_labels.label_{{ language }}, series.{{ name }}) end
        {%- endfor %})
    end
{%- endmacro %}

{# The columns of a figure that upstream printed, on the geography of today. A zero that is none for sure (`is_unsure_zero`) is
   incomplete: at least so much. #}
{% macro published_figure(is_unsure_zero, basis) -%}
    case when not ({{ is_unsure_zero }}) then value end as value,
    case when {{ has_bounds('value_status') }} or {{ is_unsure_zero }} then value_low end as value_low,
    case when {{ has_bounds('value_status') }} and not ({{ is_unsure_zero }}) then value_high end as value_high,
    case when {{ is_unsure_zero }} then 'incomplete' else value_status end as value_status,
    {{ basis }} as geography_basis,
    cast(case when {{ is_unsure_zero }} then 'zero_contradicted' end as {{ dbt.type_string() }}) as reason,
    case when value_status = 'suppressed' then 1 else 0 end as hidden_count
{%- endmacro %}
