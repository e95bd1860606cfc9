-- Labels as the documents print them, one for each code of each column.
with labels as (

    select * from {{ source('published', 'published_code_labels') }}

)

select
    column_name,
    code,
    label_nb,
    {{ landed_in() }}
from labels
