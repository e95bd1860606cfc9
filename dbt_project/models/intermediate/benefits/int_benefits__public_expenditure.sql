-- SSB's operating expenditure on the four functions, and IMDi's participants in the introduction programme:
-- one row per area of today, year and function.
with figures as (

    select
        figures.region_code,
        figures.year,
        figures.value,
        series.dataset_id,
        series.measure,
        series.category,
        series.sex
    from {{ ref('int_region__observation_today') }} as figures
    inner join {{ ref('int_series') }} as series
        on figures.series_id = series.series_id
    where series.dataset_id in ('ssb_12367', 'imdi_intro_deltakere') and figures.region_level = 'municipality'

),

expenditure as (

    select
        region_code,
        year,
        substr(category, 10, 3) as function_code,
        max(case when measure = 'gross_operating_expenditure_thousand_nok' then value * 1000 end) as gross_operating_nok,
        max(case when measure = 'net_operating_expenditure_thousand_nok' then value * 1000 end) as net_operating_nok
    from figures
    where dataset_id = 'ssb_12367' and category like 'function_%'
    group by region_code, year, substr(category, 10, 3)

),

participants as (

    select
        region_code,
        year,
        max(value) as participants_persons
    from figures
    where dataset_id = 'imdi_intro_deltakere' and sex = 'all' and measure = 'participants'
    group by region_code, year

)

select
    coalesce(expenditure.region_code, participants.region_code) as region_code,
    coalesce(expenditure.year, participants.year) as year,
    coalesce(expenditure.function_code, '275') as function_code,
    expenditure.gross_operating_nok,
    expenditure.net_operating_nok,
    participants.participants_persons
from expenditure
full outer join participants
    on
        expenditure.region_code = participants.region_code
        and expenditure.year = participants.year
        and expenditure.function_code = '275'
