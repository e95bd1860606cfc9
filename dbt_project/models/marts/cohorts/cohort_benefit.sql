-- Benefit per person by cohort in the prices of its year, and lifted to those of the last year of payment. Printed sums are left out.
with benefits as (

    select * from {{ source('published', 'published_cohort_benefits') }}
    where not is_total

),

deflators as (

    select * from {{ ref('fct_price_change') }}
    where index_name = 'municipal_deflator'

),

price_year as (

    select max(year) as year from benefits

),

-- prices of an earlier year are lifted by every known deflator up to the last year of payment
factors as (

    select
        benefits.year,
        exp(sum(coalesce(ln(1 + deflators.change_pct / 100e0), 0))) as price_factor,
        count(deflators.year) as deflator_count
    from (select distinct year from benefits) as benefits
    cross join price_year
    left join deflators
        on benefits.year < deflators.year and price_year.year >= deflators.year
    group by benefits.year

)

select
    benefits.settlement_year,
    benefits.year,
    benefits.year - benefits.settlement_year as years_since_settlement,
    benefits.year - benefits.settlement_year + 1 as grant_year_n,
    benefits.benefit,
    benefits.amount_nok,
    price_year.year as price_year,
    case
        when factors.deflator_count = price_year.year - benefits.year
            then cast(round(benefits.amount_nok * factors.price_factor, 0) as double)
    end as fixed_price_amount_nok,
    {{ printed_in('benefits') }}
from benefits
cross join price_year
inner join factors
    on benefits.year = factors.year
