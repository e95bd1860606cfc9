-- Labels as the documents print them, one for each code of each column.
select
    column_name,
    code,
    label_nb,
    {{ landed_in() }}
from {{ source('published', 'published_code_labels') }}
