-- The KOSTRA group of each municipality of today, from the newest day Klass was asked for. No rows until it has been asked.
with newest as (

    select
        kostra_groups.code,
        kostra_groups.group_code,
        row_number() over (partition by kostra_groups.code order by kostra_groups.valid_on desc, kostra_groups.group_code asc) as choice
    from {{ ref('stg_klass__kostra_groups') }} as kostra_groups

),

municipalities as (

    select code from {{ ref('stg_klass__municipalities') }}
    where valid_to is null

)

select
    municipalities.code as region_code,
    newest.group_code
from newest
inner join municipalities
    on newest.code = municipalities.code
where newest.choice = 1
