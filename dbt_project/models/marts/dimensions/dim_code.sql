-- The label of every code, by the column it stands in: those of the breakdowns, units and words of status, and those that the documents print.
with declared as (

    select * from {{ source('landing', 'code') }}

),

printed as (

    select
        labels.column_name,
        labels.code,
        labels.label_nb,
        replace(labels.code, '_', ' ') as label_en,
        1000 + row_number() over (partition by labels.column_name order by labels.source_row) as sort_order
    from {{ source('published', 'published_code_labels') }} as labels
    left join declared
        on
            labels.column_name = declared.column_name
            and labels.code = declared.code
    where declared.code is null

),

labels as (

    select
        column_name,
        code,
        label_nb,
        label_en,
        sort_order
    from declared
    union all
    select
        column_name,
        code,
        label_nb,
        label_en,
        sort_order
    from printed

)

select
    {{ texts(['column_name', 'code', 'label_nb', 'label_en']) }},
    cast(sort_order as integer) as sort_order
from labels
