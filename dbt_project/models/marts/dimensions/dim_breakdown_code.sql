-- Norwegian labels of the breakdown codes.
select
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(code as {{ dbt.type_string() }}) as code,
    cast(label_nb as {{ dbt.type_string() }}) as label_nb
from {{ source('landing', 'dimension_code') }}
