-- Do the municipality's own totals agree with each other and with SSB's? One row per year and comparison.
-- The tolerance is 2 per cent: SSB corrects single files, and accounts hold late entries and refunds.
{%- set tolerance_pct = 2.0 %}
with totals as (

    select * from {{ ref('social_assistance_by_group') }}
    where group_code = 'all' and breakdown = 'none' and period_kind = 'year'

),

accounts as (

    select * from {{ ref('own_expenditure') }}
    where quarter = 0

),

compared as (

    select
        municipality_code,
        year,
        'recipients_ssb' as comparison,
        '11F' as own_source,
        'SSB 13995' as other_source,
        cast(recipients_persons as double) as own_value,
        ssb_municipality_recipients_persons as other_value
    from totals

    union all

    select
        municipality_code,
        year,
        'paid_ssb' as comparison,
        '11F' as own_source,
        'SSB 13995' as other_source,
        cast(paid_nok as double) as own_value,
        ssb_municipality_paid_nok as other_value
    from totals

    union all

    select
        totals.municipality_code,
        totals.year,
        'grant_function_281' as comparison,
        '11F' as own_source,
        concat('accounts ', accounts.accounts_form_code) as other_source,
        cast(totals.grant_nok as double) as own_value,
        cast(accounts.benefit_nok as double) as other_value
    from totals
    inner join accounts
        on
            totals.municipality_code = accounts.municipality_code
            and totals.year = accounts.year
            and accounts.function_code = '281'

    union all

    select
        municipality_code,
        year,
        concat('gross_function_', function_code) as comparison,
        concat('accounts ', accounts_form_code) as own_source,
        'SSB 12367' as other_source,
        cast(own_gross_operating_nok as double) as own_value,
        ssb_gross_operating_nok as other_value
    from accounts

),

measured as (

    select
        *,
        100e0 * (own_value - other_value) / nullif(abs(other_value), 0) as difference_pct
    from compared

)

select
    cast(municipality_code as {{ dbt.type_string() }}) as municipality_code,
    year,
    {{ texts(['comparison', 'own_source', 'other_source']) }},
    own_value,
    other_value,
    difference_pct,
    cast({{ tolerance_pct }} as double) as tolerance_pct,
    cast(
        case
            when difference_pct is null then 'not_comparable'
            when abs(difference_pct) <= {{ tolerance_pct }} then 'agrees'
            else 'differs'
        end as {{ dbt.type_string() }}
    ) as agreement
from measured
