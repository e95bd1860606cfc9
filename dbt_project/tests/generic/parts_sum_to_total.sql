{#
  The codes of one dimension add up to its total, area by area and year by year, within the bounds of hidden cells.
  Fails too where the parts are there and the total is gone. `parts`: the codes that make up the total.
  Lower bounds of the parts may not exceed the total's upper bound by more than `tolerance`, nor the reverse.
#}
{% test parts_sum_to_total(model, dataset_id, dimension, parts, measure='persons', unit='persons', total='all', tolerance=0) %}

with figures as (

    select figures.*, series.{{ dimension }} as code
    {%- for name in var('dimensions') if name != dimension %}, series.{{ name }}{% endfor %}
    from {{ model }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where
        series.dataset_id = '{{ dataset_id }}' and series.measure = '{{ measure }}' and series.unit = '{{ unit }}'
        and figures.geography_basis = 'published' and figures.region_level = 'municipality'

),

part_sums as (

    select
        region_code, year
        {%- for name in var('dimensions') if name != dimension %}, {{ name }}{% endfor %},
        sum(value_low) as low,
        sum(value_high) as high,
        count(*) as part_count,
        count(value_high) as bounded_count
    from figures
    where code in ({% for part in parts %}'{{ part }}'{{ ', ' if not loop.last }}{% endfor %})
    group by region_code, year{% for name in var('dimensions') if name != dimension %}, {{ name }}{% endfor %}

)

select
    part_sums.region_code,
    part_sums.year,
    part_sums.low,
    part_sums.high,
    total.value_low,
    total.value_high
from part_sums
left join figures as total
    on
        part_sums.region_code = total.region_code
        and part_sums.year = total.year
        and total.code = '{{ total }}'
        {%- for name in var('dimensions') if name != dimension %}
        and part_sums.{{ name }} = total.{{ name }}
        {%- endfor %}
where
    part_sums.part_count = {{ parts | length }}
    and part_sums.bounded_count = part_sums.part_count
    and (
        total.region_code is null
        or part_sums.low > total.value_high + {{ tolerance }}
        or part_sums.high < total.value_low - {{ tolerance }}
    )

{% endtest %}
