-- Norwegian labels of the breakdown codes.
select
    {{ texts(['dimension', 'code', 'label_nb']) }}
from {{ source('landing', 'dimension_code') }}
