-- Rates by group, age-standardised by the direct method: the rate of each age weighted by how many of that age live in the whole
-- country, in the same source and year. Needs every age: one that is unknown leaves the rate without a value, one that is hidden gives
-- it bounds. One row per source, area, year, scheme and group; rates as shares of one.
{{ config(materialized='view') }}

with by_age as (

    select * from {{ ref('int_payments__by_age') }}

),

-- the standard: how the country's people are spread over the ages of the source
standard as (

    select
        source_kind,
        year,
        scheme,
        age_group,
        residents / nullif(sum(residents) over (partition by source_kind, year, scheme), 0) as weight
    from by_age
    where region_code = '00' and group_code = 'all'

),

ages as (

    select
        source_kind,
        year,
        scheme,
        count(*) as age_count
    from standard
    where weight > 0
    group by source_kind, year, scheme

),

rated as (

    select
        by_age.*,
        standard.weight,
        by_age.recipients / nullif(by_age.residents, 0) as rate,
        by_age.recipients_low / nullif(by_age.residents, 0) as rate_low,
        by_age.recipients_high / nullif(by_age.residents, 0) as rate_high
    from by_age
    left join standard
        on
            by_age.source_kind = standard.source_kind
            and by_age.year = standard.year
            and by_age.scheme = standard.scheme
            and by_age.age_group = standard.age_group
            and standard.weight > 0

)

select
    rated.region_code,
    rated.year,
    rated.scheme,
    rated.group_code,
    rated.source_kind,
    case when count(rated.recipients) = count(*) then sum(rated.recipients) end as recipients_persons,
    case when count(rated.residents) = count(*) then sum(rated.residents) end as residents_persons,
    {%- for bound in ['', '_low', '_high'] %}
        case
            when count(rated.weight * rated.rate{{ bound }}) = max(ages.age_count)
                then {{ exact_sum_of_shares('rated.weight * rated.rate' ~ bound) }}
        end as standardised{{ bound }},
    {%- endfor %}
    case
        when count(rated.weight * rated.rate) = max(ages.age_count)
            then {{ exact_sum_of_shares('rated.weight * rated.weight * rated.rate * (1 - rated.rate) / nullif(rated.residents, 0)') }}
    end as variance,
    max(ages.age_count) as age_count,
    {{ all_of('rated.dataset_id') }} as dataset_id,
    {{ all_of('rated.release_id') }} as release_id,
    max(case when rated.is_demo then 1 else 0 end) = 1 as is_demo
from rated
left join ages
    on rated.source_kind = ages.source_kind and rated.year = ages.year and rated.scheme = ages.scheme
group by rated.region_code, rated.year, rated.scheme, rated.group_code, rated.source_kind
