{# Every group among the rows that meet the condition has exactly so many rows, and there is at least one group. #}
{% test rows_per_group(model, columns, row_count, condition='true') %}
with counted as (

    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    where {{ condition }}
    group by {{ columns | join(', ') }}

)

select row_count from counted where row_count <> {{ row_count }}
union all
select 0 as row_count from (select count(*) as group_count from counted) as groups where groups.group_count = 0
{% endtest %}
