{# The condition is true on every row. A row where it is unknown fails as well. #}
{% test holds(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}
