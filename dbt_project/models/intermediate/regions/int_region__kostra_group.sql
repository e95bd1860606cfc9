-- The KOSTRA group of each municipality of today, from the newest day Klass was asked for. No rows until it has been asked.
with groups as (

    select * from {{ ref('stg_klass__kostra_groups') }}

),

newest as (

    select
        groups.code,
        groups.group_code,
        row_number() over (partition by groups.code order by groups.valid_on desc, groups.group_code) as choice
    from groups

),

municipalities as (

    select code from {{ ref('stg_klass__municipalities') }} where valid_to is null

)

select
    municipalities.code as region_code,
    newest.group_code
from newest
inner join municipalities
    on newest.code = municipalities.code
where newest.choice = 1
