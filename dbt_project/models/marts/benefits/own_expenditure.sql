-- Expenditure on functions 242, 275, 276 and 281: the municipality's own accounts, and SSB's figure when it has come.
-- Both are kept; `used_*` is SSB's where it exists.
with public_figures as (

    select * from {{ ref('int_benefits__public_expenditure') }}

)

select
    cast(own.municipality_code as {{ dbt.type_string() }}) as municipality_code,
    own.year,
    own.quarter,
    {{ texts(['accounts_form_code', 'function_code', 'function_name_nb'], 'own') }},
    own.gross_operating_nok as own_gross_operating_nok,
    own.net_operating_nok as own_net_operating_nok,
    public_figures.gross_operating_nok as ssb_gross_operating_nok,
    public_figures.net_operating_nok as ssb_net_operating_nok,
    coalesce(public_figures.gross_operating_nok, cast(own.gross_operating_nok as double)) as used_gross_operating_nok,
    coalesce(public_figures.net_operating_nok, cast(own.net_operating_nok as double)) as used_net_operating_nok,
    cast(case when public_figures.gross_operating_nok is null then 'own_accounts' else 'ssb' end as {{ dbt.type_string() }}) as used_source,
    100e0 * (own.gross_operating_nok - public_figures.gross_operating_nok)
    / nullif(abs(public_figures.gross_operating_nok), 0) as gross_difference_pct,
    100e0 * (own.net_operating_nok - public_figures.net_operating_nok)
    / nullif(abs(public_figures.net_operating_nok), 0) as net_difference_pct,
    own.benefit_nok,
    own.loan_nok,
    cast(case when own.function_code = '275' then public_figures.participants_persons end as double) as participants_persons,
    case when own.function_code = '275' then own.benefit_nok / nullif(public_figures.participants_persons, 0) end
        as benefit_per_participant_nok,
    cast(own.dataset_id as {{ dbt.type_string() }}) as dataset_id,
    cast(own.release_id as {{ dbt.type_string() }}) as release_id,
    own.source_row,
    own.is_demo
from {{ source('kostra', 'kostra_accounts_expenditure') }} as own
left join public_figures
    on
        own.municipality_code = public_figures.region_code
        and own.year = public_figures.year
        and own.function_code = public_figures.function_code
        and own.quarter = 0
