with source as (

    select * from {{ source('kostra', 'kostra_accounts_expenditure') }}

)

select
    dataset_id,
    release_id,
    source_row,
    is_demo,
    municipality_code,
    cast(year as integer) as year,
    cast(quarter as integer) as quarter,
    accounts_form_code,
    function_code,
    function_name_nb,
    cast(gross_operating_nok as bigint) as gross_operating_nok,
    cast(net_operating_nok as bigint) as net_operating_nok,
    cast(benefit_nok as bigint) as benefit_nok,
    cast(loan_nok as bigint) as loan_nok
from source
