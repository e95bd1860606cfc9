-- Participants by residence basis as printed; when one part is hidden the other is too.
with presented as (

    select * from {{ source('published', 'published_presentation_counts') }}
    where item in (
            'introduction_programme_participants_collective_protection',
            'introduction_programme_participants_ordinary'
        )

),

unified as (

    select
        municipality_code,
        as_of_date,
        case
            when item = 'introduction_programme_participants_collective_protection' then 'collective_protection'
            else 'ordinary'
        end as protection_status,
        cast(value as bigint) as participant_persons,
        'presentation' as count_source,
        {{ landed_in() }}
    from presented

    union all

    select
        municipality_code,
        as_of_date,
        protection_status,
        participant_persons,
        'municipality' as count_source,
        {{ landed_in() }}
    from {{ source('municipal', 'municipal_introduction_programme') }}

),

-- one part below the threshold hides the other as well: the total would give it away
guarded as (

    select
        unified.*,
        min(case when unified.participant_persons between 1 and {{ var('disclosure_threshold', 5) }} - 1 then 0 else 1 end)
            over (partition by unified.municipality_code, unified.as_of_date, unified.count_source)
        = 1 as is_open,
        sum(unified.participant_persons)
            over (partition by unified.municipality_code, unified.as_of_date, unified.count_source)
            as total_persons,
        count(*)
            over (partition by unified.municipality_code, unified.as_of_date, unified.count_source)
            as parts
    from unified

)

select
    coalesce(region.region_code, guarded.municipality_code) as region_code,
    guarded.as_of_date,
    guarded.protection_status,
    guarded.count_source,
    case when guarded.is_open then guarded.participant_persons end as participant_persons,
    case
        when guarded.parts = 2 and (guarded.is_open or guarded.total_persons >= {{ var('disclosure_threshold', 5) }})
            then cast(guarded.total_persons as bigint)
    end as total_persons,
    case
        when guarded.is_open and guarded.parts = 2 and guarded.total_persons > 0
            then cast(round(100e0 * guarded.participant_persons / nullif(guarded.total_persons, 0), 1) as double)
    end as share_pct,
    guarded.is_open = false as is_suppressed,
    {{ landed_in('guarded') }}
from guarded
left join {{ ref('int_grants__municipal_code') }} as region
    on
        guarded.municipality_code = region.municipality_code
        and {{ year_of('guarded.as_of_date') }} = region.year
