-- Norwegian labels of the breakdown codes.
select
    cast(dimension as varchar) as dimension,
    cast(code as varchar) as code,
    cast(label_nb as varchar) as label_nb
from {{ source('landing', 'dimension_code') }}
